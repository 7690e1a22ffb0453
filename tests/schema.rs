//! The exported Atom against schemas in RELAX NG: our own, and the RFC's where the machine has it. By jing,
//! which `.ci/run` installs; where there is none these tests say so and pass.

use std::path::Path;
use std::process::Command;

use crate::formats::{exported, fixtures};
use crate::seeds;
use crate::support::{Hall, repository};

/// Runs jing over a document of the hall; `None` where there is none.
fn jing(schema: &Path, hall: &Hall, name: &str) -> Option<Result<(), String>> {
    let mut command = Command::new("jing");
    if schema.extension().is_some_and(|end| end == "rnc") {
        command.arg("-c");
    }
    let ran = command.arg(schema).arg(hall.path(name)).output().ok()?;
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    Some(if ran.status.success() {
        Ok(())
    } else {
        Err(said)
    })
}

fn check(hall: &Hall) {
    let own = repository("tests/schema/atom.rnc");
    let schemas = [Some(own), seeds::shared("schemas/atom.rng")];
    for by in ["entry", "talk"] {
        let name = format!("{by}.atom");
        hall.write(&name, exported(hall, "atom", by));
        for schema in schemas.iter().flatten() {
            match jing(schema, hall, &name) {
                None => return println!("skipped: there is no jing on this machine"),
                Some(valid) => assert_eq!(valid, Ok(()), "{}", schema.display()),
            }
        }
    }
}

#[test]
fn the_feed_of_every_fixture_obeys_the_schema() {
    check(&fixtures());
}

#[test]
fn the_feed_of_the_seeds_obeys_the_schema() {
    if let Some(hall) = seeds::hall() {
        check(&hall);
    }
}

#[test]
fn the_schema_can_refuse() {
    let hall = Hall::new();
    hall.write(
        "bad.atom",
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>no id</title></feed>",
    );
    if let Some(valid) = jing(&repository("tests/schema/atom.rnc"), &hall, "bad.atom") {
        assert!(valid.is_err());
    }
}
