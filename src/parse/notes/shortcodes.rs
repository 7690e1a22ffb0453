//! Template calls that a site's generator would have replaced: Hugo's `{{< … >}}` and `{{% … %}}`,
//! Jekyll's `{% … %}` and `{{ site.… }}`. Links keep their targets, highlighted code stays code, videos
//! and figures become links and pictures, the rest is left out. What stands in code is left alone.

use std::borrow::Cow;

use crate::parse::head::head;
use crate::parse::repair::Repairs;

/// A call is not longer; without an end in reach it is text.
const MAX_CALL: usize = 2048;
/// Nor is what stands between two that belong together.
const MAX_WRAPPED: usize = 64 * 1024;

pub(super) fn remove<'a>(text: &'a str, repairs: &mut Repairs) -> Cow<'a, str> {
    if !text.contains("{{") && !text.contains("{%") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut count = 0;
    let mut fence: Option<&str> = None;
    let mut rest = text;
    while !rest.is_empty() {
        let line_end = rest.find('\n').map_or(rest.len(), |at| at + 1);
        let line = &rest[..line_end];
        let marker = fence_of(line);
        match (fence, marker) {
            (Some(open), Some(close)) if close.starts_with(open) && line.trim() == close => {
                fence = None;
            }
            (None, Some(open)) => fence = Some(open),
            (None, None) => {
                // A call may go on over lines, so the line is left where its last call ends.
                let consumed = line_outside(rest, line_end, &mut out, &mut count);
                rest = &rest[consumed..];
                continue;
            }
            _ => {}
        }
        out.push_str(line);
        rest = &rest[line_end..];
    }
    repairs.add("shortcode", count);
    if count == 0 {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(out)
    }
}

/// The run of marks that opens or closes a block of code.
fn fence_of(line: &str) -> Option<&str> {
    let inside = line.trim_start();
    if line.len() - inside.len() > 3 {
        return None;
    }
    ["`", "~"].into_iter().find_map(|mark| {
        let length = inside.len() - inside.trim_start_matches(mark).len();
        (length >= 3).then(|| &inside[..length])
    })
}

/// Copies one line without its calls; answers how much of `rest` that took.
fn line_outside(rest: &str, line_end: usize, out: &mut String, count: &mut usize) -> usize {
    let mut at = 0;
    while at < line_end {
        let line = &rest[at..line_end];
        let Some(next) = line.find(['{', '`']) else {
            out.push_str(line);
            return line_end;
        };
        out.push_str(&line[..next]);
        at += next;
        let here = &rest[at..];
        if here.starts_with('`') {
            let length = code_span(&rest[at..line_end]);
            out.push_str(&here[..length]);
            at += length;
        } else if let Some((call, length)) = call(here) {
            *count += 1;
            at += length;
            match wrapped(call, &rest[at..], out) {
                Some(length) => at += length,
                None => out.push_str(&replacement(call, out)),
            }
        } else {
            out.push('{');
            at += 1;
        }
    }
    at
}

/// The length of an inline code span, or of the marks alone where it does not end on its line.
fn code_span(line: &str) -> usize {
    let ticks = line.len() - line.trim_start_matches('`').len();
    let mut at = ticks;
    while let Some(found) = line[at..].find('`') {
        at += found;
        let run = line[at..].len() - line[at..].trim_start_matches('`').len();
        at += run;
        if run == ticks {
            return at;
        }
    }
    ticks
}

#[derive(Clone, Copy)]
enum Call<'a> {
    /// Hugo's shortcode or Jekyll's tag: its words.
    Tag(&'a str),
    /// Jekyll's output of a value.
    Value(&'a str),
}

fn call(here: &str) -> Option<(Call<'_>, usize)> {
    let window = head(here, MAX_CALL);
    for (open, close) in [("{{<", ">}}"), ("{{%", "%}}"), ("{%", "%}")] {
        if let Some(inside) = window.strip_prefix(open) {
            let length = inside.find(close)?;
            let words = inside[..length]
                .trim()
                .trim_start_matches('-')
                .trim_end_matches('-');
            return Some((Call::Tag(words.trim()), open.len() + length + close.len()));
        }
    }
    let inside = window.strip_prefix("{{")?;
    let length = inside.find("}}")?;
    let value = inside[..length].trim();
    let known = ["site.", "page.", "\"", "'"]
        .iter()
        .any(|start| value.starts_with(start));
    (known && !value.contains('\n')).then_some((Call::Value(value), 2 + length + 2))
}

/// A call whose inside is no Markdown: copies that and answers its length with the call that ends it.
fn wrapped(call: Call<'_>, after: &str, out: &mut String) -> Option<usize> {
    let Call::Tag(words) = call else {
        return None;
    };
    let (name, arguments) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
    let ends: &[&str] = match name {
        "raw" => &["endraw"],
        "comment" => &["endcomment"],
        "highlight" => &["endhighlight", "/highlight", "/ highlight"],
        _ => return None,
    };
    let (inside, length) = until_end(after, ends)?;
    match name {
        "raw" => out.push_str(inside),
        "highlight" => {
            let language: String = arguments
                .chars()
                .take_while(|c| c.is_alphanumeric() || matches!(c, '+' | '#' | '-'))
                .collect();
            let runs = inside.split(|c| c != '`').map(str::len).max();
            let fence = "`".repeat(runs.unwrap_or(0).max(2) + 1);
            let code = inside.trim_matches(['\n', '\r']);
            out.push_str(&format!("\n{fence}{language}\n{code}\n{fence}\n"));
        }
        _ => {}
    }
    Some(length)
}

/// What stands before the call that has one of these names, and how long that is with the call.
fn until_end<'a>(text: &'a str, names: &[&str]) -> Option<(&'a str, usize)> {
    let window = head(text, MAX_WRAPPED);
    let mut at = 0;
    while let Some(found) = window[at..].find('{') {
        at += found;
        if let Some((Call::Tag(words), length)) = call(&window[at..])
            && names.contains(&words)
        {
            return Some((&text[..at], at + length));
        }
        at += 1;
    }
    None
}

/// A call's words: those with a name, and those without in order.
struct Arguments {
    named: Vec<(String, String)>,
    plain: Vec<String>,
}

impl Arguments {
    fn read(text: &str) -> Self {
        let mut arguments = Self {
            named: Vec::new(),
            plain: Vec::new(),
        };
        let mut rest = text.trim_start();
        while !rest.is_empty() && arguments.named.len() + arguments.plain.len() < 50 {
            let name_end = rest
                .find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '-'))
                .unwrap_or(rest.len());
            let name = rest[name_end..].strip_prefix('=').map(|value| {
                let name = &rest[..name_end];
                rest = value;
                name.to_lowercase()
            });
            let (value, length) = match quoted(rest) {
                Some(value) => {
                    let length = value.len() + 2;
                    (value, length)
                }
                None => {
                    let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
                    (rest[..length].to_owned(), length)
                }
            };
            rest = rest[length..].trim_start();
            match name {
                Some(name) => arguments.named.push((name, value)),
                None => arguments.plain.push(value),
            }
        }
        arguments
    }

    fn named(&self, name: &str) -> Option<&str> {
        let found = self.named.iter().find(|(own, _)| own == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// By its name or its place, from 0; as part of an address.
    fn part(&self, name: &str, place: usize) -> Option<&str> {
        let plain = || self.plain.get(place).map(String::as_str);
        let fits = |part: &&str| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-_./:?=&".contains(&b))
        };
        self.named(name).or_else(plain).filter(fits)
    }
}

/// Where the thing is that a call would have shown.
fn shown_at(name: &str, arguments: &Arguments) -> Option<String> {
    let id = arguments.part("id", 0);
    if let Some(address) = id.filter(|id| id.starts_with("https://") || id.starts_with("http://")) {
        let known = matches!(
            name,
            "youtube" | "vimeo" | "tweet" | "twitter" | "x" | "gist" | "instagram" | "embed"
        );
        return known.then(|| address.to_owned());
    }
    let id = id?;
    Some(match name {
        "youtube" | "youtube_simple" | "yt" => format!("https://www.youtube.com/watch?v={id}"),
        "vimeo" | "vimeo_simple" => format!("https://vimeo.com/{id}"),
        "tweet" | "tweet_simple" | "twitter" | "twitter_simple" | "x" => {
            format!(
                "https://twitter.com/{}/status/{id}",
                arguments.named("user").unwrap_or("i")
            )
        }
        "gist" => match arguments.plain.get(1) {
            Some(_) => format!("https://gist.github.com/{id}/{}", arguments.part("", 1)?),
            None => format!("https://gist.github.com/{id}"),
        },
        "instagram" | "instagram_simple" => format!("https://www.instagram.com/p/{id}/"),
        "speakerdeck" => format!("https://speakerdeck.com/player/{id}"),
        "asciinema" => format!("https://asciinema.org/a/{id}"),
        _ => return None,
    })
}

fn figure(arguments: &Arguments) -> Option<String> {
    let source = arguments
        .named("src")
        .or_else(|| arguments.plain.first().map(String::as_str));
    let source = escaped(source?);
    let said = |names: &[&str]| names.iter().find_map(|name| arguments.named(name));
    let alt = escaped(said(&["alt", "caption", "title"]).unwrap_or_default());
    let image = format!("<img src=\"{source}\" alt=\"{alt}\">");
    let image = match arguments.named("link") {
        Some(link) => format!("<a href=\"{}\">{image}</a>", escaped(link)),
        None => image,
    };
    let caption: Vec<String> = ["title", "caption", "attr"]
        .iter()
        .filter_map(|name| arguments.named(name))
        .map(escaped)
        .collect();
    Some(match caption.is_empty() {
        true => image,
        false => format!(
            "<figure>{image}<figcaption>{}</figcaption></figure>",
            caption.join(" ")
        ),
    })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace(['\n', '\r'], " ")
}

fn replacement(call: Call<'_>, before: &str) -> String {
    match call {
        Call::Value(value) => quoted(value).unwrap_or_default(),
        // Hugo's way to show a call itself.
        Call::Tag(words) if words.starts_with("/*") && words.ends_with("*/") => {
            let inside = words.trim_start_matches("/*").trim_end_matches("*/").trim();
            format!("{{{{&lt; {inside} >}}}}")
        }
        Call::Tag(words) => {
            let (name, arguments) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
            let read = Arguments::read(arguments.trim_end_matches('/'));
            if let Some(address) = shown_at(name, &read) {
                let address = escaped(&address);
                return format!("<a href=\"{address}\">{address}</a>");
            }
            match name {
                "ref" | "relref" | "post_url" | "link" => {
                    let in_target = ["](", "](<", "]: ", "=\"", "='"]
                        .iter()
                        .any(|end| before.ends_with(end));
                    if in_target {
                        path(arguments)
                    } else {
                        String::new()
                    }
                }
                "figure" | "img" | "image" => figure(&read).unwrap_or_default(),
                _ => String::new(),
            }
        }
    }
}

/// The page a reference names, as a path that may stand in a link.
fn path(arguments: &str) -> String {
    let named = arguments.strip_prefix("path=").unwrap_or(arguments);
    let path = quoted(named).or_else(|| named.split_whitespace().next().map(str::to_owned));
    path.unwrap_or_default()
        .replace(' ', "%20")
        .replace(['(', ')', '<', '>', '"'], "")
}

fn quoted(text: &str) -> Option<String> {
    let quote = text
        .chars()
        .next()
        .filter(|c| matches!(c, '"' | '\'' | '`'))?;
    text[1..]
        .split_once(quote)
        .map(|(inside, _)| inside.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_call_shows_becomes_a_link_or_a_picture() {
        for (call, wanted) in [
            (
                "{{< youtube aB-3 >}}",
                "https://www.youtube.com/watch?v=aB-3",
            ),
            (
                "{{< youtube id=\"aB-3\" autoplay=true >}}",
                "https://www.youtube.com/watch?v=aB-3",
            ),
            ("{% vimeo 12 %}", "https://vimeo.com/12"),
            (
                "{{< tweet user=\"ann\" id=\"34\" >}}",
                "https://twitter.com/ann/status/34",
            ),
            ("{{< tweet 34 >}}", "https://twitter.com/i/status/34"),
            ("{{< gist ann 56 >}}", "https://gist.github.com/ann/56"),
            ("{% gist ann/56 %}", "https://gist.github.com/ann/56"),
            (
                "{{< instagram \"aB\" >}}",
                "https://www.instagram.com/p/aB/",
            ),
            (
                "{% tweet https://twitter.com/ann/status/34 %}",
                "https://twitter.com/ann/status/34",
            ),
        ] {
            assert_eq!(
                removed(call),
                format!("<a href=\"{wanted}\">{wanted}</a>"),
                "{call}"
            );
        }
        assert_eq!(
            removed("{{< figure src=\"a.png\" alt=\"The <board>\" caption=\"By *Ann*\" >}}"),
            "<figure><img src=\"a.png\" alt=\"The &lt;board&gt;\"><figcaption>By *Ann*</figcaption></figure>"
        );
        assert_eq!(removed("{{< youtube >}}{{< figure >}}"), "");
        assert!(!removed("{{< youtube \"\\\"><script>\" >}}").contains("<script"));
    }

    #[test]
    fn what_is_to_be_shown_raw_is() {
        assert_eq!(
            removed("{% raw %}{{ site.x }} {% y %}{% endraw %} {% comment %}no{% endcomment %}."),
            "{{ site.x }} {% y %} ."
        );
        assert_eq!(
            removed("{% highlight liquid %}\n{% y %}\n```\n{% endhighlight %}\nz"),
            "\n````liquid\n{% y %}\n```\n````\n\nz"
        );
        assert_eq!(removed("{% raw %}{{ site.x }}"), "");
        assert_eq!(removed("{{</* youtube a */>}}"), "{{&lt; youtube a >}}");
    }

    fn removed(text: &str) -> String {
        remove(text, &mut Repairs::default()).into_owned()
    }

    #[test]
    fn references_in_links_become_paths() {
        assert_eq!(
            removed("[a]({{< ref \"talks/a.md#x\" >}})"),
            "[a](talks/a.md#x)"
        );
        assert_eq!(removed("[a]({{% relref 2018-a %}}) b"), "[a](2018-a) b");
        assert_eq!(
            removed("[a]({% post_url 2018-11-05-a %})"),
            "[a](2018-11-05-a)"
        );
        assert_eq!(removed("[a]({{ site.baseurl }}/x)"), "[a](/x)");
        assert_eq!(removed("[a]({{ \"/x\" | relative_url }})"), "[a](/x)");
        assert_eq!(removed("see {{< ref a >}}."), "see .");
    }

    #[test]
    fn other_calls_go_and_what_they_wrap_stays() {
        assert_eq!(
            removed("{{< note >}}Mind{{< /note >}} {{<\n unheard 1 \n>}}the gap"),
            "Mind the gap"
        );
        assert_eq!(removed("{% include x.html %}a{{< y"), "a{{< y");
        assert_eq!(
            removed("{% highlight rust %}\nlet a;\n{% endhighlight %}"),
            "\n```rust\nlet a;\n```\n"
        );
    }

    #[test]
    fn code_is_left_alone() {
        for text in [
            "`{{< a >}}`",
            "``{% x ` %}``",
            "```\n{{< a >}}\n```\n",
            "~~~\n{% a %}\n~~~",
            "{{ .Values.x }}",
            "${{ a }}",
        ] {
            assert_eq!(removed(text), text);
        }
        assert_eq!(
            removed("```\n{{< a >}}\n```\n{{< a >}}"),
            "```\n{{< a >}}\n```\n"
        );
    }

    #[test]
    fn calls_that_never_end_cost_little() {
        let text = "{{< ".repeat(200_000);
        assert_eq!(removed(&text).len(), text.len());
        removed(&"`".repeat(200_001));
    }
}
