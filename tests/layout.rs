//! The rules of the sources' shape: who may import whom, which word may stand where, how long a file
//! may be. The compiler keeps none of them inside one crate, so they are kept here.

mod lexer;
mod rules;
mod scan;

use std::fs;
use std::path::{Path, PathBuf};

use rules::SourceFile;

/// Every Rust file under `src`, with its path below it.
fn sources() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &root, &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<SourceFile>) {
    for item in fs::read_dir(folder).unwrap() {
        let path: PathBuf = item.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(root).unwrap();
            files.push(SourceFile {
                path: below.to_string_lossy().replace('\\', "/"),
                text: fs::read_to_string(&path).unwrap(),
            });
        }
    }
}

#[test]
fn the_sources_keep_their_shape() {
    let files = sources();
    assert!(
        files.iter().any(|file| file.path == "main.rs"),
        "the sources were not found"
    );
    let broken = rules::broken(&files);
    assert!(
        broken.is_empty(),
        "{} rules of the layout are broken:\n\n{}\n",
        broken.len(),
        broken.join("\n")
    );
}
