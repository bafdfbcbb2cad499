//! People in the database.

use tokio_postgres::Row;
use uuid::Uuid;

use super::{Email, Error, Profile};
use crate::{
    db::{self, Db},
    session::{Person, Role},
    signal::{self, Signal},
};

/// `None` when the address is taken.
pub(super) async fn create(
    db: &Db,
    email: &Email,
    role: Role,
    password_hash: Option<String>,
    external: Option<(String, String)>,
) -> Result<Option<Profile>, Error> {
    let sql = include_str!("../../../sql/queries/profile/create.sql");
    let (issuer, subject) = external.unzip();
    let (id, email, role) = (Uuid::now_v7(), email.as_str(), role.as_str());
    let made = db.query_opt(sql, &[&id, &email, &role, &password_hash, &issuer, &subject]).await;
    match made {
        Ok(row) => Ok(row.as_ref().map(profile).transpose()?),
        Err(error) if db::constraint(&error) == Some("external_identities_pkey") => Err(Error::ExternalTaken),
        Err(error) => Err(error.into()),
    }
}

/// A person with the hash of their password, where they have one.
pub async fn find_with_password(
    db: &Db,
    email: &Email,
) -> Result<Option<(Person, Option<String>)>, db::Error> {
    let row =
        db.query_opt(include_str!("../../../sql/queries/profile/by_email.sql"), &[&email.as_str()]).await?;
    row.map(|row| Ok((person(&row)?, row.try_get("password_hash")?))).transpose()
}

/// Whom an external account leads to: by what an admin has recorded, or else as the id of a profile.
pub async fn find_external(db: &Db, issuer: &str, subject: &str) -> Result<Option<Person>, db::Error> {
    let id = Uuid::try_parse(subject).ok();
    let sql = include_str!("../../../sql/queries/identity/find.sql");
    let row = db.query_opt(sql, &[&issuer, &subject, &id]).await?;
    row.as_ref().map(person).transpose()
}

pub async fn oldest_admin(db: &Db) -> Result<Option<Person>, db::Error> {
    let row = db.query_opt(include_str!("../../../sql/queries/profile/oldest_admin.sql"), &[]).await?;
    row.as_ref().map(person).transpose()
}

/// People by address, at most `limit`, from the one after this address on.
pub async fn list(db: &Db, after: &str, limit: i64) -> Result<Vec<Profile>, db::Error> {
    let rows = db.query(include_str!("../../../sql/queries/profile/list.sql"), &[&after, &limit]).await?;
    rows.iter().map(profile).collect()
}

/// Gives a person another role; on every node at once.
pub async fn set_role(db: &Db, id: Uuid, role: Role) -> Result<Profile, Error> {
    let mut client = db.get().await?;
    let change = client.transaction().await.map_err(db::Error::from)?;
    if role == Role::Member {
        keep_an_admin(&change, id).await?;
    }
    let sql = include_str!("../../../sql/queries/profile/set_role.sql");
    let row = change.query_opt(sql, &[&id, &role.as_str()]).await.map_err(db::Error::from)?;
    let changed = profile(&row.ok_or(Error::Unknown)?)?;
    change.commit().await.map_err(db::Error::from)?;
    Ok(changed)
}

/// Removes a person with all they have; on every node at once.
pub async fn remove(db: &Db, id: Uuid) -> Result<(), Error> {
    let mut client = db.get().await?;
    let removal = client.transaction().await.map_err(db::Error::from)?;
    keep_an_admin(&removal, id).await?;
    let sql = include_str!("../../../sql/queries/profile/remove.sql");
    let row = removal.query_opt(sql, &[&id]).await.map_err(db::Error::from)?;
    row.ok_or(Error::Unknown)?;
    removal.commit().await.map_err(db::Error::from)?;
    Ok(())
}

/// The hash of a person's password, where they have one.
pub async fn password_hash(db: &Db, id: Uuid) -> Result<Option<String>, db::Error> {
    let row = db.query_opt(include_str!("../../../sql/queries/profile/password.sql"), &[&id]).await?;
    row.map_or(Ok(None), |row| Ok(row.try_get("password_hash")?))
}

/// Sets a password and ends all sessions of the person but `kept`, on every node; whether it did. It does not where
/// nobody has this id, or where the password is no longer the one that `before` is the hash of.
pub async fn set_password(
    db: &Db,
    id: Uuid,
    hash: &str,
    before: Option<&str>,
    kept: Uuid,
) -> Result<bool, db::Error> {
    let mut client = db.get().await?;
    let change = client.transaction().await?;
    let sql = include_str!("../../../sql/queries/profile/set_password.sql");
    if change.query_opt(sql, &[&id, &hash, &before]).await?.is_none() {
        return Ok(false);
    }
    change.query_one(include_str!("../../../sql/queries/session/revoke_others.sql"), &[&id, &kept]).await?;
    change.commit().await?;
    Ok(true)
}

/// What a person has set in the console; `None` when they are gone.
pub async fn preferences(db: &Db, id: Uuid) -> Result<Option<serde_json::Value>, db::Error> {
    let row = db.query_opt(include_str!("../../../sql/queries/profile/preferences.sql"), &[&id]).await?;
    row.map(|row| Ok(row.try_get("preferences")?)).transpose()
}

/// Keeps them, and tells the person's streams on every node.
pub async fn set_preferences(db: &Db, id: Uuid, document: &serde_json::Value) -> Result<(), db::Error> {
    let mut client = db.get().await?;
    let change = client.transaction().await?;
    change
        .execute(include_str!("../../../sql/queries/profile/set_preferences.sql"), &[&id, document])
        .await?;
    signal::send(&change, &Signal::Preferences { person: id }).await?;
    change.commit().await?;
    Ok(())
}

/// Locks all admins and refuses when `id` is the only one.
async fn keep_an_admin(transaction: &deadpool_postgres::Transaction<'_>, id: Uuid) -> Result<(), Error> {
    let sql = include_str!("../../../sql/queries/profile/lock_admins.sql");
    let admins = transaction.query(sql, &[]).await.map_err(db::Error::from)?;
    let admins: Result<Vec<Uuid>, _> = admins.iter().map(|row| row.try_get("id")).collect();
    if admins.map_err(db::Error::from)? == [id] { Err(Error::LastAdmin) } else { Ok(()) }
}

pub(in crate::session) fn person(row: &Row) -> Result<Person, db::Error> {
    let Profile { id, email, role, .. } = profile(row)?;
    Ok(Person { id, email, role })
}

fn profile(row: &Row) -> Result<Profile, db::Error> {
    Ok(Profile {
        id: row.try_get("id")?,
        email: row.try_get("email")?,
        role: Role::from_database(row.try_get("role")?),
        created_at: row.try_get("created_at")?,
    })
}
