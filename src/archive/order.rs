//! The order of an answer's rows: newest or best first, so many of each feed, in groups.

use super::plan::Plan;
use crate::query::{By, Group, Query, Sort};

/// The order within the answer, of the columns a plan has; `is_ranked` where it has a score.
fn by(query: &Query, is_ranked: bool) -> String {
    let direction = match query.sort {
        Sort::Newest | Sort::Relevance => "DESC",
        Sort::Oldest => "ASC",
    };
    let score = if is_ranked { "score, " } else { "" };
    let number = match query.by {
        By::Entry => "",
        By::Talk => ", number",
    };
    format!("{score}date {direction}, id {direction}{number}")
}

/// Takes a plan without order and end: cuts it to so many of each feed and in all, and orders it.
pub(super) fn finish(query: &Query, mut plan: Plan, is_ranked: bool) -> Plan {
    let order = by(query, is_ranked);
    if let Some(most) = query.per_feed {
        plan.sql = format!(
            "SELECT * FROM (SELECT p.*, row_number() OVER (
                 PARTITION BY (SELECT feed FROM entries WHERE entries.id = p.id) ORDER BY {order}
             ) AS place FROM ({}) p) WHERE place <= ?",
            plan.sql
        );
        plan.parameters.push(whole(most));
    }
    plan.sql.push_str(" ORDER BY ");
    plan.sql.push_str(&order);
    if let Some(limit) = query.limit {
        plan.sql.push_str(" LIMIT ?");
        plan.parameters.push(whole(limit));
    }
    if query.group != Group::None {
        in_groups(query, &mut plan, &order);
    }
    plan
}

/// The groups come as their first item would; what belongs to none comes last.
fn in_groups(query: &Query, plan: &mut Plan, order: &str) {
    let key = match query.group {
        Group::None => return,
        Group::Day => "date / 86400",
        Group::Feed => "feed",
        Group::Event => "event_key",
    };
    // Once more numbered in the order that the answer has without groups.
    plan.sql = format!(
        "SELECT * FROM (
             SELECT q.*, min(q.row) OVER (PARTITION BY {key}) AS first, {key} IS NULL AS is_none FROM (
                 SELECT p.*, row_number() OVER (ORDER BY {order}) AS row, e.feed, e.event_key
                 FROM ({}) p JOIN (SELECT id AS entry, feed, event_key FROM entries) e
                     ON e.entry = p.id) q)
         ORDER BY is_none, first, row",
        plan.sql
    );
}

pub(super) fn whole(number: u64) -> rusqlite::types::Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}
