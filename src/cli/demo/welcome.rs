//! What the demonstration says when it is ready: where to look, and whom to sign in as.

use std::path::Path;

use diesel::prelude::*;

use crate::cli::demo::fill::PASSWORD;
use crate::db::schema::{account_grants, accounts};
use crate::i18n;
use crate::kernel::{Locale, Problem, Role};
use crate::web::App;

/// The words, with an account for each role.
pub fn words(app: &App, folder: &Path, locale: Locale) -> anyhow::Result<String> {
    let url = app.platform.settings.public_url();
    let folder = folder.display().to_string();
    let pairs = [
        ("url", url.as_str()),
        ("folder", folder.as_str()),
        ("password", PASSWORD),
    ];
    let text = |key: &str| i18n::text_with_pairs(locale, key, pairs);
    let mut lines = vec![text("demo-ready"), text("demo-look"), text("demo-sign-in")];
    for (role, name, email) in app.db.run_here(one_of_each_role)? {
        let role = i18n::text(locale, &format!("demo-role-{role}"));
        lines.push(format!("    {email:<38} {role} — {name}"));
    }
    lines.push(text("demo-stop"));
    Ok(lines.join("\n") + "\n")
}

fn one_of_each_role(conn: &mut crate::db::Conn) -> Result<Vec<(Role, String, String)>, Problem> {
    let mut rows: Vec<(Role, String, String)> = accounts::table
        .inner_join(account_grants::table)
        .select((
            account_grants::role,
            accounts::display_name,
            accounts::email,
        ))
        .load(conn)?;
    // Ids of one moment are in no order: by role and address the list is the same every time.
    rows.sort_by(|a, b| (a.0, &a.2).cmp(&(b.0, &b.2)));
    let mut told = std::collections::HashSet::new();
    rows.retain(|(_, _, email)| told.insert(email.clone()));
    Ok(rows)
}
