//! What is exported: every document of `fixtures/`, and where the machine has them the seeds.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::support::{Hall, repository};

/// Every document of `fixtures/` in one archive, made once and then copied.
pub(crate) fn fixtures() -> Hall {
    static ARCHIVE: OnceLock<Vec<u8>> = OnceLock::new();
    let bytes = ARCHIVE.get_or_init(|| {
        let hall = Hall::new();
        let mut documents = Vec::new();
        collect(&repository("fixtures"), &mut documents);
        documents.sort();
        for other in ["notes", "labelled", "feeds.opml"] {
            documents.push(repository("fixtures").join(other));
        }
        let paths = documents.iter().map(|path| path.as_os_str());
        // Some are no feeds, on purpose.
        hall.run(["add".as_ref()].into_iter().chain(paths));
        hall.run(["backup", "copy.db"]).status(0);
        fs::read(hall.path("copy.db")).unwrap()
    });
    let hall = Hall::new();
    fs::write(hall.archive(), bytes).unwrap();
    hall
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        let name = path.to_string_lossy().into_owned();
        let is_feed = [".xml", ".rss", ".atom", ".rdf", ".json"]
            .iter()
            .any(|end| name.ends_with(end));
        if path.is_dir() {
            collect(&path, found);
        } else if is_feed && !name.ends_with(".expected.json") {
            found.push(path);
        }
    }
}

/// All of it in a format, as the combined feed that stands at `hall.example`.
pub(crate) fn exported(hall: &Hall, format: &str, by: &str) -> String {
    let arguments = ["query", "--format", format, "--by", by, "--limit", "100000"];
    let address = format!("https://hall.example/all.{format}");
    let ran = hall.run(arguments.into_iter().chain(["--self-url", &address]));
    ran.status(0);
    ran.out()
}
