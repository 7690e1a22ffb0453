//! The list of `fixtures/payloads/`; its README says how it is written.

use std::fs;

use crate::support::repository;

/// Takes over the page's title; no quotes, so that it fits everywhere.
const RUN: &str = "document.title=7";

pub(crate) struct Payload {
    /// File and line: `script.txt:3`.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// All of them; what they ask for is asked of the server at this address.
pub(crate) fn all(server: &str) -> Vec<Payload> {
    let mut files: Vec<_> = fs::read_dir(repository("fixtures/payloads"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "txt"))
        .collect();
    files.sort();
    let mut payloads = Vec::new();
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        for (number, line) in (1..).zip(fs::read_to_string(&file).unwrap().lines()) {
            if line.is_empty() || line.starts_with("## ") {
                continue;
            }
            let text = line
                .replace("RUN", RUN)
                .replace("//[LEAK]", &format!("//{server}/leak"))
                .replace("@[LEAK]", &format!("@{server}/leak"))
                .replace("[LEAK]", &format!("http://{server}/leak"))
                .replace("[IMG]", &format!("http://{server}/img"));
            payloads.push(Payload {
                name: format!("{name}:{number}"),
                text: unescaped(&text),
            });
        }
    }
    payloads
}

fn unescaped(line: &str) -> String {
    let mut parts = line.split("\\u{");
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        let (digits, rest) = part.split_once('}').unwrap();
        let number = u32::from_str_radix(digits, 16).unwrap();
        text.push(char::from_u32(number).unwrap());
        text.push_str(rest);
    }
    text
}
