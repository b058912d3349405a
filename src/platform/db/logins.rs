//! The users of the functions, who log in and own nothing.

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use super::{Server, has_code};

/// The function that answers Slack, and the one that the clock starts.
pub const LOGINS: [&str; 2] = ["timeoff_api", "timeoff_schedule"];

/// Makes users who log in and work as `timeoff_app`, as the owner of the schema. In Amazon RDS they log in with a token
/// of IAM and nothing else.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html#UsingWithRDS.IAMDBAuth.DBAccounts.PostgreSQL>
pub async fn make_logins(owner: &Server, logins: &[&str]) -> Result<(), sqlx::Error> {
    let mut connection = owner.options().await?.connect().await?;
    let iam: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam')")
            .fetch_one(&mut connection)
            .await?;
    make_roles(&mut connection, logins).await?;
    for login in logins {
        grant(&mut connection, "timeoff_app", login).await?;
        if iam {
            grant(&mut connection, "rds_iam", login).await?;
        }
    }
    connection.close().await
}

/// Since PostgreSQL 16 whoever creates a role is a member of it. The owner must not be: whoever is
/// a member of `rds_iam`, even through another role, can no longer log in with a password. So a
/// maker creates the roles, and the memberships go with it.
/// <https://www.postgresql.org/docs/17/role-attributes.html>
async fn make_roles(connection: &mut PgConnection, logins: &[&str]) -> Result<(), sqlx::Error> {
    let there: Vec<String> = sqlx::query_scalar("SELECT rolname::text FROM pg_roles")
        .fetch_all(&mut *connection)
        .await?;
    let missing = logins
        .iter()
        .filter(|login| !there.iter().any(|role| role == *login));
    let creating: String = missing
        .flat_map(|login| ["CREATE ROLE ", login, " LOGIN; "])
        .collect();
    if creating.is_empty() {
        return Ok(());
    }
    // One transaction: nobody else ever sees the maker.
    let maker = format!("timeoff_maker_{}", std::process::id());
    let all = format!(
        "BEGIN; CREATE ROLE {maker} CREATEROLE; GRANT {maker} TO CURRENT_USER; SET LOCAL ROLE {maker}; \
         {creating} RESET ROLE; DROP ROLE {maker}; COMMIT"
    );
    let made = sqlx::raw_sql(AssertSqlSafe(all))
        .execute(&mut *connection)
        .await;
    if let Err(error) = made {
        sqlx::raw_sql("ROLLBACK").execute(connection).await?;
        // Another deployment was quicker.
        if !has_code(&error, "42710") && !has_code(&error, "23505") {
            return Err(error);
        }
    }
    Ok(())
}

/// Of two deployments at the same moment one finds the row under the other's hands.
async fn grant(connection: &mut PgConnection, role: &str, to: &str) -> Result<(), sqlx::Error> {
    let granted = sqlx::query(AssertSqlSafe(format!("GRANT {role} TO {to}")))
        .execute(connection)
        .await;
    match granted {
        Err(error) if has_code(&error, "23505") || has_code(&error, "XX000") => Ok(()),
        result => result.map(drop),
    }
}
