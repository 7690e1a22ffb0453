//! An answer in parts.

use rusqlite::{Connection, params_from_iter};

use super::super::error::ArchiveError;
use super::bunches::Bunches;
use super::ranking::Ranking;
use super::reach::Reach;
use super::{Places, Plan, is_plain};
use crate::query::{By, Query, Sort};

impl Plan {
    /// The answer in parts, one after the other: where words are so common that only some of the rows
    /// that say them are ranked, these, and the rest if they are not enough.
    pub(in crate::archive) fn in_turn(
        db: &Connection,
        query: &Query,
    ) -> Result<Vec<Self>, ArchiveError> {
        let reach = Reach::new(db);
        let ranking = Ranking::of(&reach, query)?;
        let begun = || Self::begun(db, query);
        if matches!(ranking, Ranking::None | Ranking::Newest(..))
            && let Some(bunches) = Bunches::of(&reach, query, begun()?.merged)?
        {
            let places = match ranking {
                Ranking::None => Some(bunches.by_date(&Places::new())?),
                _ => bunches.by_kind()?,
            };
            if let Some(places) = places {
                return Ok(vec![begun()?.of_places(query.by, &places)]);
            }
        }
        let (true, Some(limit), true) = (ranking.is_partial(), query.limit, is_plain(query)) else {
            return Ok(vec![begun()?.complete(&reach, query, &ranking)?]);
        };
        let best = begun()?.best(&reach, query, &ranking)?;
        let places = best.places(db, query.by)?;
        let left = limit.saturating_sub(places.len() as u64);
        let mut parts = vec![begun()?.of_places(query.by, &places)];
        if left > 0 {
            let begun = begun()?;
            let rest = Query {
                filter: match query.by == By::Entry && !begun.merged {
                    true => ranking.rest_of(&query.filter),
                    false => query.filter.clone(),
                },
                sort: Sort::Newest,
                limit: Some(left),
                ..query.clone()
            };
            parts.push(begun.rest(&reach, &rest, places)?);
        }
        Ok(parts)
    }

    /// How the entries are met that are asked in bunches; `None` where none are.
    #[cfg(test)]
    pub(in crate::archive) fn of_bunches(
        db: &Connection,
        query: &Query,
    ) -> Result<Option<Self>, ArchiveError> {
        let reach = Reach::new(db);
        let bunches = Bunches::of(&reach, query, Self::begun(db, query)?.merged)?;
        bunches.map(|bunches| bunches.base()).transpose()
    }

    /// What has not been found yet, by date.
    fn rest(
        mut self,
        reach: &Reach<'_>,
        query: &Query,
        found: Places,
    ) -> Result<Self, ArchiveError> {
        if let Some(bunches) = Bunches::of(reach, query, self.merged)? {
            let places = bunches.by_date(&found)?;
            return Ok(self.of_places(query.by, &places));
        }
        self.except = found;
        self.complete(reach, query, &Ranking::None)
    }

    /// Which items these are, in their order.
    pub(super) fn places(&self, db: &Connection, by: By) -> Result<Places, ArchiveError> {
        let mut select = db.prepare(&self.sql)?;
        let places = select.query_map(params_from_iter(&self.parameters), |row| {
            let number = match by {
                By::Entry => 0,
                By::Talk => row.get(2)?,
            };
            Ok((row.get(0)?, number))
        })?;
        Ok(places.collect::<Result<_, _>>()?)
    }

    /// Items that are known already, in this order.
    fn of_places(mut self, by: By, places: &Places) -> Self {
        self.columns(by);
        let list: Vec<_> = places
            .iter()
            .map(|(id, number)| serde_json::json!([id, number]))
            .collect();
        self.push(
            " FROM json_each(?) AS place CROSS JOIN entries e ON e.id = place.value ->> 0",
            serde_json::Value::from(list).to_string(),
        );
        if by == By::Talk {
            self.sql
                .push_str(" CROSS JOIN talks t ON t.entry = e.id AND t.number = place.value ->> 1");
        }
        self.sql.push_str(" ORDER BY place.key");
        self
    }
}
