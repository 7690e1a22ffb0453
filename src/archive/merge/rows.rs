//! Rows from one archive to another, whatever columns they have: both have this hallway's schema.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::super::error::ArchiveError;

/// A row, with the names of its columns.
pub(super) struct Row {
    columns: Vec<String>,
    values: Vec<Value>,
}

impl Row {
    pub(super) fn set(&mut self, column: &str, value: impl Into<Value>) {
        if let Some(at) = self.columns.iter().position(|name| name == column) {
            self.values[at] = value.into();
        }
    }

    pub(super) fn get(&self, column: &str) -> &Value {
        let at = self.columns.iter().position(|name| name == column);
        at.map_or(&Value::Null, |at| &self.values[at])
    }

    pub(super) fn number(&self, column: &str) -> i64 {
        match self.get(column) {
            Value::Integer(number) => *number,
            _ => 0,
        }
    }

    pub(super) fn text(&self, column: &str) -> &str {
        match self.get(column) {
            Value::Text(text) => text,
            _ => "",
        }
    }

    pub(super) fn blob(&self, column: &str) -> &[u8] {
        match self.get(column) {
            Value::Blob(bytes) => bytes,
            _ => &[],
        }
    }

    /// Leaves a column out: an `id` that is given anew.
    pub(super) fn without(mut self, column: &str) -> Self {
        if let Some(at) = self.columns.iter().position(|name| name == column) {
            self.columns.remove(at);
            self.values.remove(at);
        }
        self
    }

    /// Answers whether there was no such row yet.
    pub(super) fn insert(&self, to: &Connection, table: &str) -> Result<bool, ArchiveError> {
        let marks = vec!["?"; self.columns.len()].join(", ");
        let columns = self.columns.join(", ");
        let sql = format!("INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})");
        let mut insert = to.prepare_cached(&sql)?;
        Ok(insert.execute(params_from_iter(&self.values))? > 0)
    }

    /// Puts the columns that `wanted` chooses over those of a row that is there.
    pub(super) fn update(
        &self,
        to: &Connection,
        table: &str,
        id: i64,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<(), ArchiveError> {
        let (names, mut values): (Vec<&String>, Vec<&Value>) = self
            .columns
            .iter()
            .zip(&self.values)
            .filter(|(name, _)| wanted(name))
            .unzip();
        let set: Vec<String> = names.iter().map(|name| format!("{name} = ?")).collect();
        let id = Value::Integer(id);
        values.push(&id);
        let sql = format!("UPDATE {table} SET {} WHERE id = ?", set.join(", "));
        to.prepare_cached(&sql)?.execute(params_from_iter(values))?;
        Ok(())
    }
}

/// The rows of a table whose `key` is this, in the order of `order`.
pub(super) fn rows(
    from: &Connection,
    table: &str,
    key: &str,
    is: i64,
    order: &str,
) -> Result<Vec<Row>, ArchiveError> {
    let sql = format!("SELECT * FROM {table} WHERE {key} = ?1 ORDER BY {order}");
    let mut select = from.prepare_cached(&sql)?;
    let columns: Vec<String> = select.column_names().map(str::to_owned).collect();
    let rows = select.query_map([is], |row| {
        let values = (0..columns.len()).map(|at| row.get(at));
        Ok(Row {
            columns: columns.clone(),
            values: values.collect::<Result<_, _>>()?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
