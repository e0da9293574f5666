//! Pages of a list: a cursor marks the last row that was given, so that pages neither skip nor repeat when
//! rows come and go.

use actix_web::http::header::LINK;
use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::kernel::Problem;

/// How many rows a page has unless asked.
pub const DEFAULT_LIMIT: u32 = 50;
/// How many rows a page has at most.
pub const GREATEST_LIMIT: u32 = 200;

/// The page that is asked for. Flatten it into a list's own query type? Serde cannot combine `flatten` with
/// `deny_unknown_fields`; repeat the two fields and call [`PageQuery::new`].
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Rows in a page, 1 to 200; 50 unless given.
    pub limit: Option<u32>,
    /// The mark that the page before gave as `next_cursor`.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// From a list's own query fields.
    pub fn new(limit: Option<u32>, cursor: Option<String>) -> Self {
        Self { limit, cursor }
    }

    /// The number of rows to read: one more than the page shows, to know whether there is a next one.
    pub fn fetch(&self) -> Result<i64, Problem> {
        Ok(i64::from(self.size()?) + 1)
    }

    fn size(&self) -> Result<u32, Problem> {
        match self.limit.unwrap_or(DEFAULT_LIMIT) {
            n @ 1..=GREATEST_LIMIT => Ok(n),
            _ => Err(Problem::field("?limit", "out-of-range")
                .with("least", 1)
                .with("most", GREATEST_LIMIT)),
        }
    }

    /// The row after which the page begins.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, Problem> {
        self.cursor.as_deref().map(Cursor::read).transpose()
    }

    /// Makes the page of the `rows` that [`PageQuery::fetch`] asked for; `key` gives the mark of a row.
    pub fn page<T, K: Serialize>(
        &self,
        mut rows: Vec<T>,
        key: impl Fn(&T) -> K,
    ) -> Result<Page<T>, Problem> {
        let size = usize::try_from(self.size()?).map_err(Problem::internal)?;
        let more = rows.len() > size;
        rows.truncate(size);
        let next_cursor = match rows.last() {
            Some(last) if more => Some(Cursor::write(&key(last))?),
            _ => None,
        };
        Ok(Page {
            items: rows,
            next_cursor,
        })
    }
}

/// An opaque mark: what the list is sorted by, and the id that breaks ties.
pub struct Cursor;

impl Cursor {
    /// Writes a mark.
    pub fn write<K: Serialize>(key: &K) -> Result<String, Problem> {
        Ok(URL_SAFE_NO_PAD.encode(serde_json::to_vec(key)?))
    }

    /// Reads a mark; anything that is none of ours is a bad cursor.
    pub fn read<K: DeserializeOwned>(text: &str) -> Result<K, Problem> {
        let bad = || Problem::malformed("bad-cursor");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| bad())?;
        serde_json::from_slice(&bytes).map_err(|_| bad())
    }
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Send it as `cursor` to get the next page; null on the last one.
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The same page with other rows.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next_cursor: self.next_cursor,
        }
    }
}

impl<T: Serialize> Responder for Page<T> {
    type Body = BoxBody;

    /// The page as JSON, with the next one's address in a `Link` header (RFC 8288).
    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        if let Some(cursor) = &self.next_cursor {
            let others = request
                .query_string()
                .split('&')
                .filter(|p| !p.is_empty() && !p.starts_with("cursor="));
            let query = others
                .map(str::to_owned)
                .chain([format!("cursor={cursor}")])
                .collect::<Vec<_>>()
                .join("&");
            answer.insert_header((LINK, format!("<{}?{query}>; rel=\"next\"", request.path())));
        }
        answer.json(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_shows_its_size_and_marks_its_last_row_only_when_more_follow() {
        let query = PageQuery::new(Some(2), None);
        assert_eq!(query.fetch().unwrap(), 3);
        let page = query.page(vec![1, 2, 3], |n| *n).unwrap();
        assert_eq!(page.items, [1, 2]);
        let next = PageQuery::new(Some(2), page.next_cursor);
        assert_eq!(next.after::<i32>().unwrap(), Some(2));
        assert_eq!(query.page(vec![1, 2], |n| *n).unwrap().next_cursor, None);
    }

    #[test]
    fn a_bad_cursor_and_a_limit_out_of_range_are_told_apart() {
        let bad = PageQuery::new(None, Some("%%%".into()));
        assert_eq!(bad.after::<i32>().unwrap_err().code(), "bad-cursor");
        assert_eq!(
            PageQuery::new(Some(0), None).fetch().unwrap_err().status(),
            422
        );
        assert_eq!(
            PageQuery::new(Some(201), None)
                .fetch()
                .unwrap_err()
                .status(),
            422
        );
    }
}
