//! Which element says what: one table for all formats, since publishers mix their elements freely.

use crate::parse::repair::Namespace as Ns;

/// What an element stands for, wherever it is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    // What holds others.
    Root,
    Channel,
    Entry,
    Source,
    Image,
    /// A form's field: its title, link and description are its own.
    TextInput,
    /// Groups others without being anything itself.
    Group,
    /// What it holds belongs to something else than the entry.
    Skip,
    /// So here, but in an entry it is kept as it is.
    Foreign,
    // Text with or without markup.
    Title,
    Text(TextField),
    // Lines.
    Link,
    Guid,
    OrigLink,
    Comments,
    Published,
    Updated,
    Created,
    /// `dc:date`: published, unless something says so better.
    Date,
    Language,
    Generator,
    GeneratorAgent,
    Logo,
    Ttl,
    UpdatePeriod,
    UpdateFrequency,
    UpdateBase,
    SkipHour,
    SkipDay,
    Category,
    Keywords,
    // People and what is said of them.
    Author,
    Contributor,
    /// Somebody who is neither: `webMaster`, `itunes:owner`.
    OtherPerson,
    Name,
    Email,
    Uri,
    // What says all in its attributes.
    Enclosure,
    MediaContent,
    MediaGroup,
    MediaPlayer,
    /// `media:thumbnail`.
    Thumbnail,
    ImageLink,
}

/// A text whose type may be declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextField {
    /// HTML, if not declared otherwise.
    Description,
    /// Plain, if not declared otherwise.
    Summary,
    /// Plain, if not declared otherwise.
    Content,
    /// HTML.
    FullContent,
    /// The page itself, as elements.
    Body,
    Subtitle,
    Rights,
}

/// What an element stands for, and how far it is from being the field's own: of two elements for one
/// field the lower rank counts.
pub(super) fn field(namespace: Ns, name: &str) -> Option<(Field, u8)> {
    match namespace {
        Ns::Core | Ns::Atom => core(name).map(|field| (field, 0)),
        Ns::Rdf if name == "rdf" => Some((Field::Root, 0)),
        // RDF's own structure says nothing; but RDF is also declared as the default for all there is.
        Ns::Rdf if matches!(name, "description" | "seq" | "bag" | "alt" | "li" | "value") => None,
        Ns::Rdf => core(name).map(|field| (field, 0)),
        _ => EXTENSIONS
            .iter()
            .find(|(known, names, ..)| *known == namespace && *names == name)
            .map(|(_, _, field, rank)| (*field, *rank)),
    }
}

/// Atom's, RSS's and CDF's own.
fn core(name: &str) -> Option<Field> {
    Some(match name {
        "title" => Field::Title,
        "link" => Field::Link,
        "description" | "abstract" => Field::Text(TextField::Description),
        "pubdate" | "published" | "issued" => Field::Published,
        "guid" | "id" => Field::Guid,
        "category" => Field::Category,
        "item" | "entry" => Field::Entry,
        "updated" | "modified" | "lastbuilddate" => Field::Updated,
        "author" | "managingeditor" => Field::Author,
        "name" => Field::Name,
        "email" => Field::Email,
        "uri" | "url" | "homepage" => Field::Uri,
        "summary" => Field::Text(TextField::Summary),
        "content" => Field::Text(TextField::Content),
        "enclosure" => Field::Enclosure,
        "comments" => Field::Comments,
        "source" => Field::Source,
        "contributor" => Field::Contributor,
        "created" => Field::Created,
        "rss" | "feed" | "rdf" => Field::Root,
        "channel" => Field::Channel,
        "language" => Field::Language,
        "rights" | "copyright" => Field::Text(TextField::Rights),
        "subtitle" | "tagline" => Field::Text(TextField::Subtitle),
        "generator" => Field::Generator,
        "image" => Field::Image,
        "logo" => Field::Logo,
        "icon" => Field::ImageLink,
        "textinput" => Field::TextInput,
        "items" => Field::Group,
        "ttl" => Field::Ttl,
        "webmaster" => Field::OtherPerson,
        "fullitem" => Field::Text(TextField::FullContent),
        "body" => Field::Text(TextField::Body),
        "keywords" => Field::Category,
        "tags" => Field::Keywords,
        "skiphours" | "skipdays" => Field::Group,
        "hour" => Field::SkipHour,
        "day" => Field::SkipDay,
        "info" | "cloud" | "rating" => Field::Skip,
        _ => return None,
    })
}

const EXTENSIONS: [(Ns, &str, Field, u8); 56] = [
    (
        Ns::Content,
        "encoded",
        Field::Text(TextField::FullContent),
        0,
    ),
    (Ns::Content, "items", Field::Skip, 0),
    (Ns::Dc, "creator", Field::Author, 0),
    (Ns::Dc, "date", Field::Date, 0),
    (Ns::Dc, "subject", Field::Category, 0),
    (Ns::Dc, "title", Field::Title, 1),
    (
        Ns::Dc,
        "description",
        Field::Text(TextField::Description),
        1,
    ),
    (Ns::Dc, "author", Field::Author, 0),
    (Ns::Dc, "contributor", Field::Contributor, 0),
    (Ns::Dc, "publisher", Field::OtherPerson, 0),
    (Ns::Dc, "language", Field::Language, 1),
    (Ns::Dc, "rights", Field::Text(TextField::Rights), 1),
    (Ns::DcTerms, "issued", Field::Published, 1),
    (Ns::DcTerms, "modified", Field::Updated, 1),
    (Ns::DcTerms, "created", Field::Created, 1),
    (Ns::DcTerms, "date", Field::Date, 1),
    (Ns::DcTerms, "title", Field::Title, 2),
    (Ns::DcTerms, "creator", Field::Author, 0),
    (Ns::DcTerms, "contributor", Field::Contributor, 0),
    (Ns::DcTerms, "subject", Field::Category, 0),
    (
        Ns::DcTerms,
        "description",
        Field::Text(TextField::Description),
        2,
    ),
    (
        Ns::DcTerms,
        "abstract",
        Field::Text(TextField::Description),
        2,
    ),
    (Ns::DcTerms, "language", Field::Language, 2),
    (Ns::DcTerms, "rights", Field::Text(TextField::Rights), 2),
    (Ns::Itunes, "author", Field::Author, 0),
    (Ns::Itunes, "summary", Field::Text(TextField::Summary), 2),
    (Ns::Itunes, "subtitle", Field::Text(TextField::Subtitle), 2),
    (Ns::Itunes, "title", Field::Title, 3),
    (Ns::Itunes, "keywords", Field::Keywords, 0),
    (Ns::Itunes, "category", Field::Category, 0),
    (Ns::Itunes, "image", Field::ImageLink, 2),
    (Ns::Itunes, "owner", Field::OtherPerson, 0),
    (Ns::Itunes, "name", Field::Name, 0),
    (Ns::Itunes, "email", Field::Email, 0),
    (Ns::Media, "group", Field::MediaGroup, 0),
    (Ns::Media, "content", Field::MediaContent, 0),
    (Ns::Media, "title", Field::Title, 2),
    (
        Ns::Media,
        "description",
        Field::Text(TextField::Description),
        3,
    ),
    (Ns::Media, "thumbnail", Field::Thumbnail, 3),
    (Ns::Media, "player", Field::MediaPlayer, 0),
    (Ns::Media, "credit", Field::OtherPerson, 0),
    (Ns::Media, "community", Field::Foreign, 0),
    (Ns::Media, "category", Field::Category, 0),
    (Ns::Media, "keywords", Field::Keywords, 0),
    (Ns::Media, "copyright", Field::Text(TextField::Rights), 3),
    (Ns::Xhtml, "body", Field::Text(TextField::Body), 0),
    (Ns::Xhtml, "div", Field::Text(TextField::Body), 1),
    (Ns::FeedBurner, "origlink", Field::OrigLink, 0),
    (Ns::Admin, "generatoragent", Field::GeneratorAgent, 0),
    (Ns::Syndication, "updateperiod", Field::UpdatePeriod, 0),
    (Ns::Syndication, "updatebase", Field::UpdateBase, 0),
    (
        Ns::Syndication,
        "updatefrequency",
        Field::UpdateFrequency,
        0,
    ),
    (Ns::Podcast, "person", Field::OtherPerson, 0),
    (Ns::Activity, "object", Field::Foreign, 0),
    (Ns::Activity, "target", Field::Foreign, 0),
    (Ns::Activity, "actor", Field::Foreign, 0),
];
