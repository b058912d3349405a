//! The users of the functions, who log in and own nothing.

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use super::{Server, has_code};

/// The function that answers Slack, and the one that the clock starts.
const LOGINS: [&str; 2] = ["timeoff_api", "timeoff_schedule"];

/// Makes the functions' users, as the owner of the schema. In Amazon RDS they log in with a token
/// of IAM and nothing else.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html#UsingWithRDS.IAMDBAuth.DBAccounts.PostgreSQL>
pub async fn make_logins(owner: &Server) -> Result<(), sqlx::Error> {
    let mut connection = owner.options().await?.connect().await?;
    let iam: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rds_iam')")
            .fetch_one(&mut connection)
            .await?;
    for login in LOGINS {
        make(&mut connection, &format!("CREATE ROLE {login} LOGIN")).await?;
        make(&mut connection, &format!("GRANT timeoff_app TO {login}")).await?;
        if iam {
            make(&mut connection, &format!("GRANT rds_iam TO {login}")).await?;
        }
    }
    connection.close().await
}

/// Of two deployments at the same moment the second finds it made: there already, or under way.
async fn make(connection: &mut PgConnection, statement: &str) -> Result<(), sqlx::Error> {
    let made = sqlx::query(AssertSqlSafe(statement.to_owned()))
        .execute(connection)
        .await;
    match made {
        Err(error)
            if ["42710", "23505", "XX000"]
                .iter()
                .any(|code| has_code(&error, code)) =>
        {
            Ok(())
        }
        result => result.map(drop),
    }
}
