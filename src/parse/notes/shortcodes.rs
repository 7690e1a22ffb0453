//! Template calls that a site's generator would have replaced: Hugo's `{{< … >}}` and `{{% … %}}`,
//! Jekyll's `{% … %}` and `{{ site.… }}`. Links keep their targets, highlighted code stays code, the
//! rest is left out. What stands in code is left alone.

use std::borrow::Cow;

use crate::parse::head::head;
use crate::parse::repair::Repairs;

/// A call is not longer; without an end in reach it is text.
const MAX_CALL: usize = 2048;

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
            out.push_str(&replacement(call, out));
            *count += 1;
            at += length;
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

fn replacement(call: Call<'_>, before: &str) -> String {
    match call {
        Call::Value(value) => quoted(value).unwrap_or_default(),
        Call::Tag(words) => {
            let (name, arguments) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
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
                "highlight" => {
                    let language: String = arguments
                        .chars()
                        .take_while(|c| c.is_alphanumeric() || matches!(c, '+' | '#' | '-'))
                        .collect();
                    format!("\n```{language}\n")
                }
                "endhighlight" | "/highlight" | "/ highlight" => "\n```\n".to_owned(),
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
            removed("{{< note >}}Mind{{< /note >}} {{<\n tweet 1 \n>}}the gap"),
            "Mind the gap"
        );
        assert_eq!(removed("{% include x.html %}a{{< y"), "a{{< y");
        assert_eq!(
            removed("{% highlight rust %}\nlet a;\n{% endhighlight %}"),
            "\n```rust\n\nlet a;\n\n```\n"
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
