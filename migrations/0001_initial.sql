-- The first schema of a hallway archive.
--
-- Times are seconds since 1970-01-01T00:00:00Z. Hashes are BLAKE3, 32 bytes. What is not known is NULL.

-- Every feed that was ever followed. A removed one stays as long as entries of it are kept.
CREATE TABLE feeds (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- Source::key: the URL, file:///path, file:///folder/.
    url TEXT NOT NULL UNIQUE,
    -- The person's title; goes before the feed's own.
    given_title TEXT,
    -- Of notes: where a person says they are published.
    given_site TEXT,
    -- What the feed says of itself, as of the last document that was read to its end.
    guid TEXT,
    title TEXT,
    subtitle TEXT,
    site_url TEXT,
    self_url TEXT,
    -- JSON: [{"name", "uri", "email"}]
    authors TEXT NOT NULL DEFAULT '[]',
    language TEXT,
    rights TEXT,
    image TEXT,
    updated INTEGER,
    -- RSS ttl, in minutes; skipHours and skipDays as sets of bits; sy:updatePeriod in minutes, and what
    -- that is counted from.
    ttl INTEGER,
    skip_hours INTEGER NOT NULL DEFAULT 0,
    skip_days INTEGER NOT NULL DEFAULT 0,
    update_every INTEGER,
    update_base INTEGER,
    -- How often it publishes: its newest entry's date or arrival, the seconds between two of its latest.
    newest INTEGER,
    usual_gap INTEGER,
    generator TEXT,
    -- Where the last document was in the end, after redirects.
    location TEXT,
    -- Where its older entries are: prev-archive (RFC 5005, 4), next (RFC 5005, 3).
    prev_archive TEXT,
    next_page TEXT,
    state TEXT NOT NULL DEFAULT 'active'
        CHECK (state IN ('active', 'failing', 'paused', 'gone', 'removed')),
    subscribed_at INTEGER NOT NULL,
    etag TEXT,
    last_modified TEXT,
    body_hash BLOB,
    -- 1: that document ended too early; what came of it is kept, and the next poll asks for all of it.
    is_cut INTEGER NOT NULL DEFAULT 0 CHECK (is_cut IN (0, 1)),
    last_attempt INTEGER,
    -- Of the last attempt; NULL where none was answered, and for files.
    http_status INTEGER,
    last_success INTEGER,
    -- NULL: at once.
    next_due INTEGER,
    -- The last attempt's failure: FailureKind::word and what goes with it.
    error_kind TEXT,
    error_message TEXT,
    error_hint TEXT,
    error_http_status INTEGER,
    error_retry_at INTEGER,
    -- When the present row of failures began, and how long it is.
    error_since INTEGER,
    failures INTEGER NOT NULL DEFAULT 0,
    -- Since when its URL gives nothing (404) or no feed.
    absent_since INTEGER,
    -- A permanent redirect that led to the feed and has not lasted yet: where to, since when, the last
    -- poll that counted, how many did.
    redirect_to TEXT,
    redirect_since INTEGER,
    redirect_last INTEGER,
    redirect_times INTEGER,
    -- How many rows of entries are this feed's; counting them takes too long for every poll.
    entries INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Hosts that asked for patience: none of their feeds is polled until then.
CREATE TABLE holds (
    -- Source::server
    server TEXT PRIMARY KEY,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A subscription's tags: given to each of its entries.
CREATE TABLE feed_tags (
    id INTEGER PRIMARY KEY,
    feed INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    -- Tag::key
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Serves: a subscription's tags; adding one that it has already.
    UNIQUE (feed, key)
) STRICT;

-- How far the past of a feed has been read (fetch --history); no row: not at all.
CREATE TABLE pasts (
    feed INTEGER PRIMARY KEY REFERENCES feeds (id) ON DELETE CASCADE,
    -- How the pages are linked: 'archive', 'next', 'paged'.
    way TEXT NOT NULL CHECK (way IN ('archive', 'next', 'paged')),
    -- The page to be read next; NULL: all is read.
    next TEXT,
    pages INTEGER NOT NULL DEFAULT 0,
    entries INTEGER NOT NULL DEFAULT 0,
    -- Of the last page that was read.
    read_at INTEGER NOT NULL,
    -- a page was answered with Retry-After; null: none was
    wait_until INTEGER
) STRICT;

-- Every page of a feed's past that was read: none is asked for again. One that is not there is not asked
-- for again for a while.
CREATE TABLE past_pages (
    feed INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    -- null: it was read
    missing_at INTEGER,
    PRIMARY KEY (feed, url)
) STRICT, WITHOUT ROWID;

-- URLs that subscriptions were moved from by permanent redirects, so that each move can be undone.
CREATE TABLE moves (
    id INTEGER PRIMARY KEY,
    feed_id INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    from_url TEXT NOT NULL,
    to_url TEXT NOT NULL,
    at INTEGER NOT NULL,
    undone_at INTEGER,
    -- when the older URL was last asked, because the newer one gives nothing
    asked_at INTEGER
) STRICT;

-- How feeds came to do otherwise than before, once for each change. AUTOINCREMENT, as for entries.
CREATE TABLE health (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    feed INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    -- The subscription's at that time.
    url TEXT NOT NULL,
    -- HealthKind::word
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    message TEXT NOT NULL,
    -- When `run` printed it, or found that nobody need know any more.
    told_at INTEGER
) STRICT;

-- Serves: how a feed did last.
CREATE INDEX health_by_feed ON health (feed, id);
-- Serves: what is to be told.
CREATE INDEX health_untold ON health (id) WHERE told_at IS NULL;

-- Entries in their present state. AUTOINCREMENT, so that a number is never used twice and a larger one
-- always arrived later: cursors count on it.
CREATE TABLE entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    feed INTEGER NOT NULL REFERENCES feeds (id),
    guid TEXT NOT NULL,
    url TEXT,
    title TEXT,
    summary TEXT,
    -- As claimed by the publisher.
    published INTEGER,
    updated INTEGER,
    first_seen INTEGER NOT NULL,
    -- Entry::date: what it is sorted by.
    date INTEGER NOT NULL,
    -- 1: read from the feed's past, not news to anybody; no digest shows it.
    backfilled INTEGER NOT NULL DEFAULT 0 CHECK (backfilled IN (0, 1)),
    language TEXT,
    event TEXT,
    -- Event::key: what the event's spellings have in common.
    event_key TEXT,
    comments_url TEXT,
    -- The feed an aggregated entry first stood in.
    source_guid TEXT,
    source_title TEXT,
    source_url TEXT,
    -- JSON: whatever else the publisher said (model::Extras); NULL: nothing.
    extras TEXT,
    -- Of the entry as published, before cleaning: the same hash means not edited.
    hash BLOB NOT NULL,
    -- What the same post has in common in every feed: hashes of its canonical link, and of its guid with
    -- its site. NULL where it has none. Layout: src/archive/duplicates.rs.
    link_key INTEGER,
    guid_key INTEGER,
    -- Of the entry as published, letter by letter, in 64 bits: the same one says that the hash is the same.
    -- NULL: not known.
    fingerprint INTEGER
) STRICT;

-- Serves: which entries of a polled document are known (by guid and feed), an entry named by its guid
-- (by guid alone); and keeps two runs at once from storing an entry twice.
CREATE UNIQUE INDEX entries_by_guid ON entries (guid, feed);
-- Serves: every answer without a narrower way in, newest or oldest first, without sorting.
CREATE INDEX entries_by_date ON entries (date DESC, id DESC);
-- Serves: feed: newest first; purging a feed; giving a subscription's new tag to its entries.
CREATE INDEX entries_by_feed ON entries (feed, date DESC, id DESC);
-- Serves: an entry named by a permalink that is no post's own; the others are found by link_key.
CREATE INDEX entries_by_url ON entries (url) WHERE link_key IS NULL AND url IS NOT NULL;

-- Serves: event: and the events there are.
CREATE INDEX entries_by_event ON entries (event_key, date DESC) WHERE event_key IS NOT NULL;

-- Serves: lang: and the languages there are.
CREATE INDEX entries_by_language ON entries (language) WHERE language IS NOT NULL;
-- Serve: is:undated; is:backfilled. Most entries are in neither.
CREATE INDEX entries_undated ON entries (date DESC, id DESC)
    WHERE published IS NULL AND updated IS NULL;
CREATE INDEX entries_backfilled ON entries (date DESC, id DESC) WHERE backfilled;

-- Serve: which other feeds brought the same post, as it arrives; an entry named by its permalink.
CREATE INDEX entries_by_link_key ON entries (link_key) WHERE link_key IS NOT NULL;
CREATE INDEX entries_by_guid_key ON entries (guid_key) WHERE guid_key IS NOT NULL;

-- Entries that another feed's entry is shown for, being the same post. What is not here is shown itself.
-- Derived from the entries as they arrive, so it can be built anew.
CREATE TABLE duplicates (
    entry INTEGER PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
    shown INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    -- The entry's own.
    feed INTEGER NOT NULL REFERENCES feeds (id)
) STRICT;

-- Serves: an answer's tags and "also in"; a shown entry that is deleted.
CREATE INDEX duplicates_by_shown ON duplicates (shown, entry);
-- Serves: feed: where a feed's entries are shown for by others.
CREATE INDEX duplicates_by_feed ON duplicates (feed, shown);

-- An entry's cleaned HTML with the untrusted original, compressed together; a table of its own, so that
-- walking over entries does not read through their contents. Layout: src/archive/content.rs.
CREATE TABLE contents (
    entry INTEGER PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
    -- Of what the data holds, whatever it was compressed with.
    hash BLOB NOT NULL,
    data BLOB NOT NULL
) STRICT;

-- What contents have in common, so that each takes less: zstd dictionaries trained on them. A frame names
-- its own by number; the newest packs. None is ever taken away.
CREATE TABLE dictionaries (
    id INTEGER PRIMARY KEY,
    -- zstd's, made from the data.
    number INTEGER NOT NULL UNIQUE,
    data BLOB NOT NULL,
    -- The highest number of an entry when it was made: what it knows of.
    entries INTEGER NOT NULL
) STRICT;

-- Earlier states of entries.
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY,
    entry INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    replaced_at INTEGER NOT NULL,
    title TEXT,
    updated INTEGER,
    hash BLOB NOT NULL,
    -- Hashes in revision_data: JSON of all else that the state said (layout: src/archive/revisions.rs), and
    -- what it said, as in contents.
    facts BLOB NOT NULL,
    content BLOB NOT NULL
) STRICT;

-- Serves: an entry's history; is:revised.
CREATE INDEX revisions_by_entry ON revisions (entry, id);

-- What earlier states hold, each once however often an entry comes back to it, and in however many feeds.
-- Compressed; layout: src/archive/content.rs.
CREATE TABLE revision_data (
    -- Of what the data holds.
    hash BLOB PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

-- Further guids of entries: a feed that moves to another program gives what it published before new ones.
CREATE TABLE later_guids (
    guid TEXT NOT NULL,
    -- The entry's own.
    feed INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    entry INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    PRIMARY KEY (guid, feed)
) STRICT, WITHOUT ROWID;

-- Serves: an entry that is deleted or merged into another archive.
CREATE INDEX later_guids_by_entry ON later_guids (entry);

-- Authors of entries, in the publisher's order.
CREATE TABLE authors (
    entry INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT,
    uri TEXT,
    email TEXT,
    PRIMARY KEY (entry, position)
) STRICT, WITHOUT ROWID;

-- Tags of entries, one row for each that put it there. Sorted by entry: an entry's own tags are the
-- common question.
CREATE TABLE tags (
    entry INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    -- Tag::key
    key TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('feed', 'subscription', 'user', 'rule')),
    -- As the origin spells it.
    name TEXT NOT NULL,
    -- The publisher's order.
    position INTEGER NOT NULL,
    -- Of a publisher's category that says more than a name: Atom's term, scheme (RSS: domain), label.
    term TEXT,
    scheme TEXT,
    label TEXT,
    PRIMARY KEY (entry, key, origin)
) STRICT, WITHOUT ROWID;

-- Serves: tag: (also by the beginning of the tag). By eras of 32,768 entries, for what is new touches the last
-- era's pages alone, while a tag is looked up in each. src/archive/tags.rs asks so.
CREATE INDEX tags_by_key ON tags (entry >> 15, key, entry);

-- Tags a person took off an entry: no edit, subscription or rule brings them back.
CREATE TABLE untagged (
    entry INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    PRIMARY KEY (entry, key)
) STRICT, WITHOUT ROWID;

-- Files that belong to entries.
CREATE TABLE enclosures (
    entry INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    url TEXT NOT NULL,
    media_type TEXT,
    -- In bytes.
    length INTEGER,
    PRIMARY KEY (entry, position)
) STRICT, WITHOUT ROWID;

-- The talks an entry's content holds. Their text is not kept again: start and end are bytes of the
-- cleaned HTML.
CREATE TABLE talks (
    entry INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    -- From 1, in the content's order, at most 255.
    number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 255),
    title TEXT NOT NULL,
    -- JSON: ["…"]
    speakers TEXT NOT NULL,
    -- TalkKind::word
    kind TEXT NOT NULL,
    level INTEGER NOT NULL,
    anchor TEXT,
    url TEXT,
    start INTEGER NOT NULL,
    end INTEGER NOT NULL,
    PRIMARY KEY (entry, number)
) STRICT, WITHOUT ROWID;

-- Serves: kind: of all but talks, which most are.
CREATE INDEX talks_by_kind ON talks (kind, entry) WHERE kind <> 'talk';

-- Words of the index that are not their own English stem, so that a question for `deploy` can ask for
-- `deployments` as well while a phrase stays exact. A word that no entry says any more is no harm.
CREATE TABLE word_stems (
    stem TEXT NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (stem, word)
) STRICT, WITHOUT ROWID;

-- Which words have been looked at for it, those that are their own stem as well: hashes of them, eight bytes
-- each, lowest first. Layout: src/archive/stems.rs. Without them words are only looked at once more.
CREATE TABLE stemmed_words (
    id INTEGER PRIMARY KEY,
    hashes BLOB NOT NULL
) STRICT;

-- Entries that a rule kept out, so that they are not new at every poll. One that is edited is looked at
-- again.
CREATE TABLE dropped (
    feed INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    guid TEXT NOT NULL,
    title TEXT,
    -- As in entries.
    hash BLOB NOT NULL,
    dropped_at INTEGER NOT NULL,
    PRIMARY KEY (feed, guid)
) STRICT, WITHOUT ROWID;

-- Up to which entry each view has been shown.
CREATE TABLE cursors (
    name TEXT PRIMARY KEY,
    entry INTEGER NOT NULL,
    moved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What feeds answered, as it came, where a person keeps that ([archive] raw).
CREATE TABLE raw_answers (
    id INTEGER PRIMARY KEY,
    feed INTEGER NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- Heads with CR LF, a char a byte, without secrets.
    request TEXT NOT NULL,
    response TEXT NOT NULL,
    -- Of the body, which is one zstd frame; its size without compression.
    hash BLOB NOT NULL,
    size INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;

-- Serves: a feed's latest.
CREATE INDEX raw_answers_by_feed ON raw_answers (feed, id);

-- Entries that a view has been shown although its cursor does not stand behind them: by another archive
-- that was merged in.
CREATE TABLE shown (
    entry INTEGER NOT NULL REFERENCES entries (id) ON DELETE CASCADE,
    cursor TEXT NOT NULL,
    PRIMARY KEY (entry, cursor)
) STRICT, WITHOUT ROWID;

-- The file each view was last written to, noted before the file is put in place: after a kill its hash
-- tells whether it was. It holds what arrived after one entry and until another.
CREATE TABLE outputs (
    cursor TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    hash BLOB NOT NULL,
    after INTEGER NOT NULL,
    until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Full text: one row for an entry itself (rowid = id * 256: its title, authors, summary and the text
-- that stands in no talk) and one for each of its talks (rowid = id * 256 + number: title, speakers,
-- text). Derived from the tables above and without a copy of the text, so it can be built anew. The text
-- comes first because FTS5 marks every place in a later column with two bytes more: a quarter of the index.
CREATE VIRTUAL TABLE entry_text USING fts5 (
    text, title, people,
    content = '', contentless_delete = 1,
    tokenize = "unicode61 remove_diacritics 2"
);
-- New rows gather in memory up to 16 MiB, and segments are merged when the archive is closed rather
-- than at each commit: a third less work in a large poll. Where a run has left very many, commits merge
-- them all the same.
INSERT INTO entry_text (entry_text, rank) VALUES ('hashsize', 16777216);
INSERT INTO entry_text (entry_text, rank) VALUES ('automerge', 0);
INSERT INTO entry_text (entry_text, rank) VALUES ('crisismerge', 40);
