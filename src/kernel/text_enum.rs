//! `text_enum!`: an enum that is stored, sent and documented by the same short words.

/// Declares an enum whose values are text in the database, in JSON and in the OpenAPI document.
///
/// ```
/// passerelle::text_enum! {
///     /// How a person meets.
///     pub enum Mode { Remote => "remote", InPerson => "in-person" }
/// }
/// assert_eq!(Mode::InPerson.as_str(), "in-person");
/// assert_eq!(Mode::parse("remote"), Some(Mode::Remote));
/// ```
///
/// Names in the OpenAPI document are of the whole deployment: where two rooms use one word, give each its own with
/// `#[schema(as = …)]`.
#[macro_export]
macro_rules! text_enum {
    // The word is a token and no `literal`: derives do not see through the group that a literal is wrapped in,
    // and the OpenAPI document would name the variants instead.
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($(#[$vmeta:meta])* $var:ident => $s:tt),+ $(,)? }) => {
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize, utoipa::ToSchema,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
        )]
        $(#[$meta])*
        #[diesel(sql_type = diesel::sql_types::Text)]
        $vis enum $name { $($(#[$vmeta])* #[serde(rename = $s)] $var),+ }

        impl $name {
            /// Every value, in the order of declaration.
            #[allow(dead_code, reason = "not every enum is listed")]
            pub const ALL: &'static [Self] = &[$(Self::$var),+];

            /// The word that stands for this value everywhere.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$var => $s),+ } }

            /// The value that `word` stands for.
            pub fn parse(word: &str) -> Option<Self> { match word { $($s => Some(Self::$var),)+ _ => None } }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let word = <String as diesel::deserialize::FromSql<diesel::sql_types::Text, DB>>::from_sql(value)?;
                Self::parse(&word).ok_or_else(|| format!("unknown {} {word}", stringify!($name)).into())
            }
        }

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, DB>,
            ) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<diesel::sql_types::Text, DB>::to_sql(self.as_str(), out)
            }
        }
    };
}
