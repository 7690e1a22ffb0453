use super::{of_html, of_plain, of_url};

#[test]
fn noise_is_no_edit() {
    let pairs = [
        ("<p>One  two\n three</p>", "<p>\n One two three\n</p>\n"),
        ("<p>a&nbsp;b</p>", "<p>a b</p>"),
        (
            "<a href='/x' title=\"T\">x</a>",
            "<A title=T HREF=\"/x\" >x</A>",
        ),
        ("a<br>b", "a<br />b"),
        ("<ul><li>a</li><li>b</li></ul>", "<ul><li>a<li>b</ul>"),
        ("it&#8217;s &quot;so&quot; &amp; so", "it’s \"so\" &#38; so"),
        ("a &lt; b", "a < b"),
        ("a<!-- generated 12:01 -->b", "a<!-- generated 13:07 -->b"),
        (
            "x<script>var n=1</script>",
            "x<script>var n=2;'</p>'</script>",
        ),
        (
            "<p class=\"a b\" data-n=1>x</p>",
            "<p style='color:red'>x</p>",
        ),
        (
            "<a href=\"/p?utm_source=rss&amp;id=7\">x</a>",
            "<a href=\"/p?id=7\">x</a>",
        ),
        (
            "<a href=\"/p?id=7&_wpnonce=abc\">x</a>",
            "<a href=\"/p?id=7&amp;_wpnonce=def\">x</a>",
        ),
        (
            "<a href=\"/p;jsessionid=1A?x=1\">x</a>",
            "<a href=\"/p;jsessionid=2B?x=1\">x</a>",
        ),
        (
            "<a href=\"/p?sid=0f3a9c7712bd4e55aa01\">x</a>",
            "<a href=\"/p?sid=77aa01c3f9e24b6d8810\">x</a>",
        ),
        (
            "<a href=\"/p?id=3&ts=1699999999\">x</a>",
            "<a href=\"/p?id=3&ts=1700000000\">x</a>",
        ),
        (
            "<a href=\"/f?Expires=1699999999&Signature=aB3dE6gH9jK2mN5pQ8\">x</a>",
            "<a href=\"/f?Expires=1700000000&Signature=Zy1xW4vU7tS0rQ3pO6\">x</a>",
        ),
        ("<img src=\"/a.png?sid=1\">", "<img src=\"/a.png?sid=2\">"),
        ("<img src=\"/a.png?v=12\">", "<img src=\"/a.png?v=13\">"),
        (
            "<img src=\"/a.png?1699999999\">",
            "<img src=\"/a.png?1700000000\"/>",
        ),
        (
            "<img src=\"http://b.example/a.png\">",
            "<img src=\"https://b.example/a.png\">",
        ),
        (
            "x<img width=1 height=1 src=//t.example/1>",
            "x<img width=1 height=1 src=//t.example/2>",
        ),
        (
            "<p>x</p><p>12 comments</p>",
            "<p>x</p><p>1,024 comments</p>",
        ),
        ("<p>1 comment</p>", "<p>2 comments</p>"),
        ("<p>Views: 7</p>", "<p>Views: 1234</p>"),
        ("<p>Comments (3)</p>", "<p>Comments (41)</p>"),
        ("<p><b>12</b> likes</p>", "<p><b>13</b> likes</p>"),
        (
            "<a>Tweet <span>4</span></a>",
            "<a>Tweet <span>15</span></a>",
        ),
        ("<p>3 days ago</p>", "<p>4 days ago</p>"),
        (
            "<p>Page generated in 0.31 seconds</p>",
            "<p>Page generated in 1.2 seconds</p>",
        ),
        (
            "x<div class=\"feedflare\"><div>a</div> b</div>",
            "x<div class=\"feedflare\">c</div>",
        ),
        ("so\u{ad}ft", "soft"),
    ];
    for (one, other) in pairs {
        assert_eq!(of_html(one), of_html(other), "{one}\n{other}");
    }
}

#[test]
fn what_a_reader_sees_is_an_edit() {
    let pairs = [
        ("<p>one two</p>", "<p>onetwo</p>"),
        ("a <b>b</b>", "a<b>b</b>"),
        ("<pre>a\n  b</pre>", "<pre>a\nb</pre>"),
        ("<a href=\"/x\">x</a>", "<a href=\"/y\">x</a>"),
        (
            "<a href=\"/watch?v=1\">x</a>",
            "<a href=\"/watch?v=2\">x</a>",
        ),
        ("<a href=\"/p?id=1\">x</a>", "<a href=\"/p?id=2\">x</a>"),
        (
            "<a href=\"/story?sid=3\">x</a>",
            "<a href=\"/story?sid=4\">x</a>",
        ),
        (
            "<a href=\"/story?sid=19/10/30/1\">x</a>",
            "<a href=\"/story?sid=19/10/31/2\">x</a>",
        ),
        (
            "<a href=\"/talk?session_id=12\">x</a>",
            "<a href=\"/talk?session_id=13\">x</a>",
        ),
        ("<a href=\"/p?ts=90\">x</a>", "<a href=\"/p?ts=120\">x</a>"),
        (
            "<a href=\"/p?sig=kernel\">x</a>",
            "<a href=\"/p?sig=network\">x</a>",
        ),
        (
            "<a href=\"/p?policy=3\">x</a>",
            "<a href=\"/p?policy=4\">x</a>",
        ),
        (
            "<a href=\"/p?pk_id=3\">x</a>",
            "<a href=\"/p?pk_id=4\">x</a>",
        ),
        ("<a href=\"/p;sid=3\">x</a>", "<a href=\"/p;sid=4\">x</a>"),
        ("<a href=\"/p#one\">x</a>", "<a href=\"/p#two\">x</a>"),
        ("<img src=\"/a.png\">", "<img src=\"/b.png\">"),
        ("<img src=\"/a?id=1\">", "<img src=\"/a?id=2\">"),
        ("<img alt=\"a\">", "<img alt=\"b\">"),
        ("<h2 id=\"a\">x</h2>", "<h2 id=\"b\">x</h2>"),
        (
            "<p>We had 12 comments after the talk.</p>",
            "<p>We had 13 comments after the talk.</p>",
        ),
        ("<p>12 teams</p>", "<p>13 teams</p>"),
        ("<td>12</td><td>views</td>", "<td>13</td><td>views</td>"),
        ("<p>b</p>", "<p><b>b</b></p>"),
        ("a &lt;b&gt;", "a <b>"),
        ("x<div class=\"feedflare\">a", "x<div class=\"feedflare\">b"),
        ("<p>2019-10-30</p>", "<p>2019-10-31</p>"),
        ("it's", "its"),
    ];
    for (one, other) in pairs {
        assert_ne!(of_html(one), of_html(other), "{one}\n{other}");
    }
}

#[test]
fn plain_text_means_what_html_says_of_it() {
    assert_eq!(of_plain(" A & B  < C "), of_html("A &amp; B &lt; C"));
    assert_ne!(of_plain("A &amp; B"), of_html("A &amp; B"));
    assert_eq!(
        of_url("https://b.example/p?utm_medium=x", false),
        "//b.example/p"
    );
}

#[test]
fn broken_and_hostile_text_ends() {
    for text in [
        "<",
        "</",
        "<a",
        "<a href=",
        "<a href='",
        "<!--",
        "<!x",
        "&",
        "&#;",
        "&#x110000;",
        "<script>",
        "<p =>",
        "&é;",
    ] {
        of_html(text);
    }
    of_html(&"<a b".repeat(50_000));
    of_html(&"<div class=feedflare>".repeat(50_000));
    of_html(&"<b>1</b>likes".repeat(20_000));
}
