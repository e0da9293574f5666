//! The keys that sign access tokens: Ed25519 key pairs in the table `signing_keys`, which all servers of a
//! deployment share. The private half is sealed by the keyring; the public half is published as a JSON Web Key
//! Set (RFC 7517, RFC 8037).
//!
//! A key's life: it is **published** up to a day before it **signs** (so that whoever caches the key set knows
//! it in time), signs for `security.signing_key_days`, and goes on **verifying** for [`OVERLAP`] more, longer
//! than any token lives, so that a rotation signs nobody out. Rotation happens by age, when somebody needs a
//! key; no job and no operator has to think of it.
//!
//! Servers agree without talking: the name of the next key (`kid`) follows from the number of the last one and
//! the deployment's secret, and the column is unique, so of two servers that make it at once one wins and both
//! use the winner's. For the same reason a forged `kid` is recognised without asking the database.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use diesel::prelude::*;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde::Serialize;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use crate::db::schema::signing_keys;
use crate::db::{Conn, UpsertExt};
use crate::kernel::ids::SigningKeyId;
use crate::kernel::secret::{KnownKey, KnownKeys, fill_random, hex};
use crate::kernel::{Context, Instant, Keyring, Problem};

/// How long a key verifies after it signed for the last time; an access token lives an hour at most.
pub const OVERLAP: Duration = Duration::hours(2);
/// How long before it signs a key is published.
const AHEAD: Duration = Duration::days(1);
/// How long a process trusts its memory of the keys: a key that an operator retired at once is refused
/// everywhere within this time.
const MEMORY: Duration = Duration::seconds(60);
/// What precedes the 32 bytes of an Ed25519 private key in PKCS#8 (RFC 8410, section 7).
const PKCS8_ED25519: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];
/// The keyring's purpose for private keys.
const SEAL: &str = "signing-key";

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys)]
struct Row {
    id: SigningKeyId,
    kid: String,
    private_sealed: String,
    public_key: String,
    created_at: Instant,
    activates_at: Instant,
    retires_at: Option<Instant>,
}

impl Row {
    /// Until when it signs.
    fn signs_until(&self) -> Instant {
        self.retires_at
            .map_or(self.activates_at, |at| at.minus(OVERLAP))
    }

    fn signs_at(&self, now: Instant) -> bool {
        self.activates_at <= now && now < self.signs_until()
    }

    fn verifies_at(&self, now: Instant) -> bool {
        self.retires_at.is_some_and(|at| now < at)
    }
}

/// The key that signs now.
pub struct SigningKey {
    /// Its name in the header of what it signs.
    pub kid: String,
    /// The private half.
    pub private: EncodingKey,
}

/// The published keys (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub struct KeySet {
    pub keys: Vec<PublishedKey>,
}

/// One published key: a JSON Web Key for Ed25519 (RFC 8037).
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedKey {
    #[schema(example = "OKP")]
    pub kty: &'static str,
    #[schema(example = "Ed25519")]
    pub crv: &'static str,
    #[schema(example = "EdDSA")]
    pub alg: &'static str,
    #[schema(example = "sig")]
    pub r#use: &'static str,
    /// The name that a token's header carries.
    #[schema(example = "k1-3f0c9a51d2b84e67")]
    pub kid: String,
    /// The public key, base64url.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    pub x: String,
}

/// The key that signs now; makes it, and its successor when its time comes near.
pub fn current(conn: &mut Conn, ctx: &Context) -> Result<SigningKey, Problem> {
    let mut rows = own_rows(conn, ctx.keyring())?;
    if !rows.iter().any(|row| row.signs_at(ctx.now)) {
        make(conn, ctx, ctx.now)?;
        rows = own_rows(conn, ctx.keyring())?;
    }
    let row = signing(&rows, ctx.now)
        .cloned()
        .ok_or_else(|| Problem::internal("no key signs"))?;
    let until = row.signs_until();
    if until.since(ctx.now) < AHEAD && !rows.iter().any(|other| other.activates_at >= until) {
        make(conn, ctx, until)?;
        rows = own_rows(conn, ctx.keyring())?;
    }
    ctx.keyring().know(known(&rows, ctx.now)?);
    let private = ctx.keyring().open(SEAL, &row.private_sealed)?;
    Ok(SigningKey {
        kid: row.kid,
        private: EncodingKey::from_ed_der(&private),
    })
}

/// Of several keys that sign, every server takes the youngest.
fn signing(rows: &[Row], now: Instant) -> Option<&Row> {
    rows.iter()
        .filter(|row| row.signs_at(now))
        .max_by(|a, b| (a.activates_at, &a.kid).cmp(&(b.activates_at, &b.kid)))
}

/// The keys that verify now or will, for the world.
pub fn published(conn: &mut Conn, keyring: &Keyring, now: Instant) -> Result<KeySet, Problem> {
    let rows = own_rows(conn, keyring)?;
    let verifying = rows.into_iter().filter(|row| row.verifies_at(now));
    Ok(KeySet {
        keys: verifying
            .map(|row| PublishedKey {
                kty: "OKP",
                crv: "Ed25519",
                alg: "EdDSA",
                r#use: "sig",
                kid: row.kid,
                x: row.public_key,
            })
            .collect(),
    })
}

/// Whether the process's memory can answer for `kid`; otherwise the keys have to be read again.
pub fn remembers(keyring: &Keyring, kid: &str, now: Instant) -> bool {
    let known = keyring.known_keys();
    let fresh = known
        .read_at
        .is_some_and(|at| now.since(at).abs() <= MEMORY);
    // A name that this deployment never gave is no reason to read again: it stays unknown.
    fresh && (known.keys.contains_key(kid) || !is_own(keyring, kid))
}

/// Reads the keys into the process's memory.
pub fn read(conn: &mut Conn, keyring: &Keyring, now: Instant) -> Result<(), Problem> {
    let rows = own_rows(conn, keyring)?;
    keyring.know(known(&rows, now)?);
    Ok(())
}

/// Retires every key at once, after a private key may have become known: all access tokens are refused within
/// a minute, everywhere; sessions go on, because a refresh gets a token of a new key.
pub fn retire_all(conn: &mut Conn, ctx: &Context) -> Result<(), Problem> {
    conn.write_tx(|conn| {
        diesel::update(signing_keys::table.filter(signing_keys::retires_at.gt(ctx.now)))
            .set(signing_keys::retires_at.eq(ctx.now))
            .execute(conn)?;
        Ok::<_, Problem>(())
    })?;
    read(conn, ctx.keyring(), ctx.now)
}

/// The deployment's keys; those that another secret sealed (the secret was changed) are none of ours.
fn own_rows(conn: &mut Conn, keyring: &Keyring) -> Result<Vec<Row>, Problem> {
    let rows: Vec<Row> = signing_keys::table
        .select(Row::as_select())
        .order(signing_keys::activates_at)
        .load(conn)?;
    Ok(rows
        .into_iter()
        .filter(|row| is_own(keyring, &row.kid))
        .collect())
}

fn known(rows: &[Row], now: Instant) -> Result<KnownKeys, Problem> {
    let mut known = KnownKeys {
        read_at: Some(now),
        ..KnownKeys::default()
    };
    for row in rows.iter().filter(|row| row.verifies_at(now)) {
        let bytes = URL_SAFE_NO_PAD
            .decode(&row.public_key)
            .map_err(Problem::internal)?;
        let public = <[u8; 32]>::try_from(bytes.as_slice()).map_err(Problem::internal)?;
        let retires_at = row.retires_at.unwrap_or(now);
        known
            .keys
            .insert(row.kid.clone(), KnownKey { public, retires_at });
    }
    Ok(known)
}

fn make(conn: &mut Conn, ctx: &Context, activates_at: Instant) -> Result<(), Problem> {
    let names: Vec<String> = signing_keys::table.select(signing_keys::kid).load(conn)?;
    let last = names.iter().filter_map(|kid| number(kid)).max();
    let mut private = PKCS8_ED25519.to_vec();
    let mut seed = [0u8; 32];
    fill_random(&mut seed)?;
    private.extend_from_slice(&seed);
    let days = i64::from(ctx.settings().security.signing_key_days);
    let row = Row {
        id: SigningKeyId::new(ctx.now),
        kid: name(ctx.keyring(), last.unwrap_or(0).saturating_add(1)),
        public_key: public_of(&EncodingKey::from_ed_der(&private))?,
        private_sealed: ctx.keyring().seal(SEAL, &private)?,
        created_at: ctx.now,
        activates_at,
        retires_at: Some(activates_at.plus(Duration::days(days)).plus(OVERLAP)),
    };
    diesel::insert_into(signing_keys::table)
        .values(&row)
        .upsert(&["kid"], &[])
        .execute(conn)?;
    Ok(())
}

fn public_of(private: &EncodingKey) -> Result<String, Problem> {
    let jwk = Jwk::from_encoding_key(private, Algorithm::EdDSA).map_err(Problem::internal)?;
    match jwk.algorithm {
        AlgorithmParameters::OctetKeyPair(pair) => Ok(pair.x),
        _ => Err(Problem::internal("an Ed25519 key that is none")),
    }
}

/// The name of the key number `number`: the number, and a tag that only this deployment can make.
fn name(keyring: &Keyring, number: u32) -> String {
    let tag = keyring.mac("kid", &number.to_be_bytes());
    let (short, _) = tag.split_at(8);
    format!("k{number}-{}", hex(short))
}

fn number(kid: &str) -> Option<u32> {
    let (number, _) = kid.strip_prefix('k')?.split_once('-')?;
    number.parse().ok()
}

fn is_own(keyring: &Keyring, kid: &str) -> bool {
    number(kid).is_some_and(|n| bool::from(name(keyring, n).as_bytes().ct_eq(kid.as_bytes())))
}
