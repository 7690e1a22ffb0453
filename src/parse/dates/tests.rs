use super::*;

fn read(text: &str) -> String {
    instant(text).map_or_else(|| "-".to_owned(), |found| found.format("%F %T").to_string())
}

#[test]
fn instants_are_read_as_publishers_write_them() {
    for (text, expected) in [
        ("2018-11-06T10:00:00+13:00", "2018-11-05 21:00:00"),
        ("Tue, 06 Nov 2018 10:00:00 GMT", "2018-11-06 10:00:00"),
        ("Wed, 06 Nov 2018 10:00:00 +0100", "2018-11-06 09:00:00"),
        ("06 Nov 18 10:00 EDT", "2018-11-06 14:00:00"),
        ("2018-11-06", "2018-11-06 00:00:00"),
        ("2018-11-06 10:00", "2018-11-06 10:00:00"),
        ("2018-11-06 10:00:00 +0200", "2018-11-06 08:00:00"),
        ("2018-11-06T10:00:00", "2018-11-06 10:00:00"),
        ("2018-11-06T10:00:00.25Z", "2018-11-06 10:00:00"),
        ("2018-11-06T10:00:00-0800", "2018-11-06 18:00:00"),
        ("Tue Nov  6 10:00:00 2018", "2018-11-06 10:00:00"),
        ("Tue Nov  6 10:00:00 CET 2018", "2018-11-06 09:00:00"),
        ("Tuesday, November 6, 2018 10:00 PM", "2018-11-06 22:00:00"),
        ("6. Dezember 2018 um 9:30", "2018-12-06 09:30:00"),
        ("Tue, 06 Nov 2018 12:30 a.m.", "2018-11-06 00:30:00"),
        ("Tue, 06 Nov 2018 10:00:00 GMT+01:00", "2018-11-06 09:00:00"),
        ("1541498400", "2018-11-06 10:00:00"),
        ("20181106", "2018-11-06 00:00:00"),
        ("2018", "2018-01-01 00:00:00"),
        ("2018-11", "2018-11-01 00:00:00"),
        ("yesterday", "-"),
        ("2018-13-45", "-"),
        ("", "-"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

fn found(text: &str) -> Vec<String> {
    days(text)
        .into_iter()
        .map(|day| match day {
            Day::Sure(day) => day.to_string(),
            Day::Either {
                month_first,
                day_first,
            } => format!("{month_first}|{day_first}"),
        })
        .collect()
}

#[test]
fn days_are_found_in_prose() {
    assert_eq!(found("notes from Ghent, 6 Nov 2018"), ["2018-11-06"]);
    assert_eq!(
        found("on November 6th, 2018 and 3rd Sep 2011"),
        ["2018-11-06", "2011-09-03"]
    );
    assert_eq!(found("June 7-8, 2017"), ["2017-06-07"]);
    assert_eq!(found("7 – 8 June 2017"), ["2017-06-07"]);
    assert_eq!(found("images/2020.02.06.png"), ["2020-02-06"]);
    assert_eq!(found("Coffee 02/06/2020"), ["2020-02-06|2020-06-02"]);
    assert_eq!(
        found("Coffee 01/16/2020, 16/01/2020"),
        ["2020-01-16", "2020-01-16"]
    );
    assert_eq!(found("Treffen am 6.2.2020"), ["2020-02-06"]);
    assert_eq!(
        found("we may see 10.0.0.1 and 3 of 4"),
        Vec::<String>::new()
    );
}
