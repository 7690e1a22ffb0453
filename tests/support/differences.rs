//! What differs between what was expected and what came, so that a person sees it at once.

use serde_json::Value;

/// Lines kept around a difference.
const AROUND: usize = 2;

/// Both texts as one list of lines: ` ` in both, `-` expected only, `+` printed only. Blanks at the end
/// of a line and a missing last line break are made visible.
pub(crate) fn line_difference(expected: &str, actual: &str) -> String {
    let old: Vec<&str> = expected.split_inclusive('\n').collect();
    let new: Vec<&str> = actual.split_inclusive('\n').collect();
    let same_head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let most = old.len().min(new.len()) - same_head;
    let same_tail = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(most)
        .take_while(|(a, b)| a == b)
        .count();
    let mut shown = String::new();
    let from = same_head.saturating_sub(AROUND);
    if from > 0 {
        shown.push_str(&format!("  … {from} equal lines\n"));
    }
    for line in &old[from..same_head] {
        push(&mut shown, ' ', line);
    }
    middle(
        &old[same_head..old.len() - same_tail],
        &new[same_head..new.len() - same_tail],
        &mut shown,
    );
    for line in old[old.len() - same_tail..].iter().take(AROUND) {
        push(&mut shown, ' ', line);
    }
    if same_tail > AROUND {
        shown.push_str(&format!("  … {} equal lines\n", same_tail - AROUND));
    }
    shown
}

/// The longest common subsequence, in the plain way; what tests print is short.
fn middle(old: &[&str], new: &[&str], shown: &mut String) {
    if old.len().saturating_mul(new.len()) > 4_000_000 {
        old.iter().for_each(|line| push(shown, '-', line));
        new.iter().for_each(|line| push(shown, '+', line));
        return;
    }
    let width = new.len() + 1;
    let mut common = vec![0_u32; (old.len() + 1) * width];
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            common[i * width + j] = if a == b {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            push(shown, ' ', old[i]);
            i += 1;
            j += 1;
        } else if j == new.len()
            || (i < old.len() && common[(i + 1) * width + j] >= common[i * width + j + 1])
        {
            push(shown, '-', old[i]);
            i += 1;
        } else {
            push(shown, '+', new[j]);
            j += 1;
        }
    }
}

fn push(shown: &mut String, mark: char, line: &str) {
    let text = line.trim_end_matches('\n');
    let bare = text.trim_end();
    let blanks = text[bare.len()..].replace(' ', "·").replace('\t', "→");
    let end = if line.ends_with('\n') { "" } else { "⏎̸" };
    shown.push_str(&format!("{mark} {bare}{blanks}{end}\n"));
}

/// Where two JSON values differ, a line a place; `None` where they do not. The order of an object's
/// members is no difference.
pub(crate) fn json_difference(expected: &Value, actual: &Value) -> Option<String> {
    let mut lines = Vec::new();
    compare("", expected, actual, &mut lines);
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn compare(at: &str, expected: &Value, actual: &Value, lines: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in old {
                match new.get(name) {
                    Some(other) => compare(&format!("{at}.{name}"), value, other, lines),
                    None => lines.push(format!("{at}.{name}: missing, expected {}", short(value))),
                }
            }
            for (name, value) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
                lines.push(format!("{at}.{name}: not expected, is {}", short(value)));
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            for (index, (value, other)) in old.iter().zip(new).enumerate() {
                compare(&format!("{at}[{index}]"), value, other, lines);
            }
            if old.len() != new.len() {
                lines.push(format!("{at}: {} expected, {} came", old.len(), new.len()));
            }
        }
        (Value::String(old), Value::String(new)) if old != new && old.contains('\n') => {
            lines.push(format!("{at}:\n{}", line_difference(old, new)));
        }
        _ if expected != actual => lines.push(format!(
            "{at}: expected {}, is {}",
            short(expected),
            short(actual)
        )),
        _ => {}
    }
}

/// Where a JSON value lacks what is expected of it, a line a place: members that the expectation does not
/// name are not looked at, `null` stands for a member that must not be there. Lists are compared in full.
pub(crate) fn missing_in_json(expected: &Value, actual: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    lack("", expected, actual, &mut lines);
    lines
}

fn lack(at: &str, expected: &Value, actual: &Value, lines: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(named), Value::Object(_)) => {
            for (name, value) in named {
                lack(&format!("{at}.{name}"), value, &actual[name], lines);
            }
        }
        (Value::Array(old), Value::Array(new)) => {
            for (index, (value, other)) in old.iter().zip(new).enumerate() {
                lack(&format!("{at}[{index}]"), value, other, lines);
            }
            if old.len() != new.len() {
                lines.push(format!("{at}: {} expected, {} came", old.len(), new.len()));
            }
        }
        _ => compare(at, expected, actual, lines),
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_changed_line_stands_between_its_neighbours() {
        assert_eq!(
            line_difference("a\nb\nc\nd\ne\n", "a\nb\nc\nx \ne\n"),
            "  … 1 equal lines\n  b\n  c\n- d\n+ x·\n  e\n"
        );
        assert_eq!(line_difference("a\n", "a"), "- a\n+ a⏎̸\n");
        assert_eq!(line_difference("", "a\n"), "+ a\n");
        assert_eq!(
            line_difference("a\nb\nc\n", "b\nc\nd\n"),
            "- a\n  b\n  c\n+ d\n"
        );
    }

    #[test]
    fn json_is_compared_by_place() {
        let old = json!({"a": [1, {"b": "x"}], "c": null});
        let new = json!({"c": null, "a": [1, {"b": "y"}, 3]});
        assert_eq!(
            json_difference(&old, &new).unwrap(),
            ".a[1].b: expected \"x\", is \"y\"\n.a: 2 expected, 3 came"
        );
        assert_eq!(json_difference(&old, &old), None);
    }
}
