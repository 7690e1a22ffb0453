//! Titles of many blogs, and the event that each names.

use super::tests::post;
use super::{event, talks};
use crate::model::Event;

#[test]
fn notes_of_one_event_come_together_whoever_wrote_them() {
    let html = "<h2>Pipes - Ann Poe</h2><p>a</p><h2>Tubes - Bo Roe</h2><p>b</p><h2>Hoses - Maria Holm</h2><p>c</p>";
    let mut wrong = Vec::new();
    for (title, key, day) in TITLES {
        let mut entry = post(title, html);
        if *title == "Coffee Ops 02/06/2020" {
            entry.published = "2020-02-06T00:00:00Z".parse().ok();
        }
        entry.talks = talks(&entry);
        entry.event = event(&entry);
        let named = Event::of(&entry);
        let got = named.as_ref().map(|event| (event.key(), event.day));
        if got != Some(((*key).to_owned(), *day)) {
            wrong.push(format!(
                "{title}: {got:?} of {:?}, wanted {key} {day:?}",
                entry.event
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(TITLES.len() >= 60);
}

#[test]
fn what_the_title_does_not_say_tags_address_and_date_do() {
    use crate::model::{Tag, TagOrigin};
    let dated = |title: &str, tag: &str, url: &str| {
        let mut entry = post(title, "");
        entry.tags = vec![Tag::new(tag, TagOrigin::Feed)];
        entry.url = Some(url.to_owned());
        entry.published = "2021-01-03T00:00:00Z".parse().ok();
        entry.event = event(&entry);
        Event::of(&entry).map(|event| event.key())
    };
    let plain = "https://notes.example/pipes";
    let key = |key: &str| Some(key.to_owned());
    assert_eq!(
        dated("PipeConf Oslo", "pipeconf2019", plain),
        key("pipeconf oslo 2019")
    );
    assert_eq!(
        dated(
            "PipeConf Oslo",
            "ops",
            "https://notes.example/2018/pipeconf"
        ),
        key("pipeconf oslo 2018")
    );
    assert_eq!(
        dated("PipeConf Oslo", "ops", plain),
        key("pipeconf oslo 2021")
    );
    assert_eq!(dated("How to mend a pipe", "ops", plain), None);
}

/// The title, the key that the event is compared by, the day.
const TITLES: &[(&str, &str, Option<u8>)] = &[
    (
        "DevOpsDays Ghent 2019: day one",
        "devopsdays ghent 2019",
        Some(1),
    ),
    (
        "DevOps Days Ghent, 2019 - Day 1",
        "devopsdays ghent 2019",
        Some(1),
    ),
    (
        "Devopsdays 2019 Ghent: notes",
        "devopsdays ghent 2019",
        None,
    ),
    (
        "My notes from DevOpsDays Ghent 2019",
        "devopsdays ghent 2019",
        None,
    ),
    (
        "devopsdays Gent 2019, dag 2",
        "devopsdays ghent 2019",
        Some(2),
    ),
    (
        "DevOpsDays Ghent (2019) recap",
        "devopsdays ghent 2019",
        None,
    ),
    ("DevOpsDaysGhent2019 notes", "devopsdays ghent 2019", None),
    ("FOSDEM '20", "fosdem 2020", None),
    ("FOSDEM 2020", "fosdem 2020", None),
    ("FOSDEM2020 notes", "fosdem 2020", None),
    ("Summary of FOSDEM 2020", "fosdem 2020", None),
    ("Fosdem 2020 - Day 2", "fosdem 2020", Some(2)),
    (
        "KubeCon + CloudNativeCon EU 2022",
        "kubecon europe 2022",
        None,
    ),
    ("KubeCon Europe 2022 recap", "kubecon europe 2022", None),
    (
        "KubeCon/CloudNativeCon Europe 2022: day two",
        "kubecon europe 2022",
        Some(2),
    ),
    ("KubeCon EU 2022 notes", "kubecon europe 2022", None),
    (
        "KubeCon + CloudNativeCon North America 2019",
        "kubecon na 2019",
        None,
    ),
    ("KubeCon NA 2019 day 3", "kubecon na 2019", Some(3)),
    ("PyCon US 2019 Day 2", "pycon us 2019", Some(2)),
    ("PyCon USA 2019, day two", "pycon us 2019", Some(2)),
    ("Notes from PyCon US 2019", "pycon us 2019", None),
    ("PyCon.DE 2023", "pycon de 2023", None),
    ("PyCon DE 2023: Tag 1", "pycon de 2023", Some(1)),
    ("Velocity Conf NY 2014", "velocity new york 2014", None),
    (
        "Velocity New York 2014 - Day 1",
        "velocity new york 2014",
        Some(1),
    ),
    ("O'Reilly Velocity NYC 2014", "velocity new york 2014", None),
    ("QCon London 2023", "qcon london 2023", None),
    ("QCon London 2023 - Day Three", "qcon london 2023", Some(3)),
    ("Live from QCon London 2023", "qcon london 2023", None),
    ("SREcon19 EMEA", "srecon emea 2019", None),
    ("SREcon EMEA 2019", "srecon emea 2019", None),
    ("Recapping SREcon EMEA 2019", "srecon emea 2019", None),
    ("USENIX LISA 2015", "lisa 2015", None),
    ("LISA15 day 1", "lisa 2015", Some(1)),
    ("AWS re:Invent 2017 Day 1", "reinvent 2017", Some(1)),
    ("re:Invent 2017", "reinvent 2017", None),
    ("Strange Loop 2014", "strange loop 2014", None),
    ("StrangeLoop 2014 notes", "strange loop 2014", None),
    ("Monitorama PDX 2016", "monitorama pdx 2016", None),
    (
        "Trip report: Monitorama PDX 2016",
        "monitorama pdx 2016",
        None,
    ),
    ("GOTO Amsterdam 2018", "goto amsterdam 2018", None),
    ("NDC Oslo 2017, day 1", "ndc oslo 2017", Some(1)),
    (
        "Devoxx Belgium 2019 - premier jour",
        "devoxx belgium 2019",
        Some(1),
    ),
    ("Retour sur Devoxx France 2015", "devoxx france 2015", None),
    (
        "Notizen von der Wolkentagung 2019",
        "wolkentagung 2019",
        None,
    ),
    ("RubyConf 2018 notes", "rubyconf 2018", None),
    ("Ruby Conf 2018", "rubyconf 2018", None),
    ("RailsConf 2022", "railsconf 2022", None),
    (
        "Write the Docs Prague 2018",
        "write the docs prague 2018",
        None,
    ),
    (
        "Open Source Summit Europe 2018",
        "open source summit europe 2018",
        None,
    ),
    ("DockerCon 2015 Notes", "dockercon 2015", None),
    (
        "Barcamp Kiel 2015 - A short retrospect",
        "barcamp kiel 2015",
        None,
    ),
    (
        "Takeaways: Craft Conf Budapest 2014",
        "craftconf budapest 2014",
        None,
    ),
    ("All Day DevOps 2022", "all day devops 2022", None),
    (
        "Config Management Camp 2019 Ghent",
        "cfgmgmtcamp ghent 2019",
        None,
    ),
    (
        "Notes from Configuration Management Camp Ghent 2019",
        "cfgmgmtcamp ghent 2019",
        None,
    ),
    (
        "beyond tellerrand Düsseldorf 2024",
        "beyond tellerrand düsseldorf 2024",
        None,
    ),
    ("Elm Europe 2018: my notes", "elm europe 2018", None),
    (
        "GitHub Satellite Conference Amsterdam 2016",
        "github satellite amsterdam 2016",
        None,
    ),
    (
        "Conference notes: Lambda Days 2017",
        "lambdadays 2017",
        None,
    ),
    (
        "Anteckningar från Rördagen 2018, dag 2",
        "rördagen 2018",
        Some(2),
    ),
    ("Coffee Ops 02/06/2020", "coffeeops 2020", None),
    ("ElixirConf EU 2018", "elixirconf europe 2018", None),
    ("ElixirConf.EU 2018", "elixirconf europe 2018", None),
    (
        "Swift Heroes Digital 2021",
        "swift heroes digital 2021",
        None,
    ),
    ("PyConES 2015: crónica", "pycones 2015", None),
    ("Italian Agile Days 2022", "italian agiledays 2022", None),
    ("BSidesLV 2019 Day 2", "bsideslv 2019", Some(2)),
    (
        "Agile Testing Days 2016 - 2nd day",
        "agile testingdays 2016",
        Some(2),
    ),
];
