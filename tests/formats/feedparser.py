"""What feedparser reads in a feed, as JSON: one list of entries."""
import calendar
import html
import json
import sys

import feedparser


def stamp(entry, name):
    when = entry.get(name + "_parsed")
    return calendar.timegm(when) if when else None


def title(entry):
    """Where it was taken for HTML it is HTML."""
    said = entry.get("title_detail") or {}
    value = said.get("value") or None
    return html.unescape(value) if value and said.get("type") == "text/html" else value


feed = feedparser.parse(sys.stdin.buffer.read(), sanitize_html=False, resolve_relative_uris=False)
out = []
for entry in feed.entries:
    content = entry.get("content") or []
    out.append({
        "id": entry.get("id"),
        "title": title(entry),
        "link": entry.get("link"),
        "published": stamp(entry, "published"),
        "updated": stamp(entry, "updated"),
        "authors": [person.get("name") for person in entry.get("authors", []) if person],
        "tags": [tag["label"] or tag["term"] for tag in entry.get("tags", [])],
        "content": content[0]["value"] if content else "",
        "enclosures": [file.get("href") for file in entry.get("enclosures", [])],
        "source": entry.get("source", {}).get("title"),
    })
json.dump({"bozo": bool(feed.bozo), "version": feed.version, "entries": out}, sys.stdout)
