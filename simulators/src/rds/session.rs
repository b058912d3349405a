//! One connection of a client, from its first byte to its end.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::protocol::{self, First, Start};
use super::state::Shared;
use crate::cable::{Way, join};

pub(super) async fn serve(
    shared: Arc<Shared>,
    mut stream: TcpStream,
    peer: IpAddr,
    way: watch::Receiver<Way>,
) -> io::Result<()> {
    loop {
        match protocol::first(&mut stream).await? {
            First::Gss => stream.write_all(b"N").await?,
            First::Tls => {
                stream.write_all(b"S").await?;
                break;
            }
            First::Cancel(message) => return cancel(&shared, &message).await,
            // <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html>
            First::Start(start) => {
                let message = format!(
                    "no pg_hba.conf entry for host \"{peer}\", user \"{}\", database \"{}\", no encryption",
                    start.user(),
                    start.database()
                );
                shared.note(&message);
                return protocol::refuse(&mut stream, "28000", &message).await;
            }
        }
    }
    let mut stream = shared.tls.accept(stream).await?;
    let start = match protocol::first(&mut stream).await? {
        First::Start(start) => start,
        First::Cancel(message) => return cancel(&shared, &message).await,
        First::Tls | First::Gss => return Err(io::ErrorKind::InvalidData.into()),
    };
    let Some(role) = authenticate(&shared, &mut stream, &start).await? else {
        return Ok(());
    };
    enter(&shared, stream, &start, &role, way).await
}

/// Asks who it is. None: refused.
async fn authenticate<S>(
    shared: &Shared,
    stream: &mut S,
    start: &Start,
) -> io::Result<Option<String>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let password = protocol::password(stream).await?;
    match shared.judge(start.user(), &password) {
        Ok(role) => Ok(Some(role)),
        Err((code, message)) => {
            protocol::refuse(stream, code, &message).await?;
            Ok(None)
        }
    }
}

/// Goes on to PostgreSQL, which trusts us, in the role of the user.
async fn enter<S>(
    shared: &Shared,
    mut stream: S,
    start: &Start,
    role: &str,
    way: watch::Receiver<Way>,
) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut upstream = TcpStream::connect(shared.upstream()).await?;
    upstream.set_nodelay(true)?;
    upstream.write_all(&start.message_as(role)).await?;
    match protocol::answer(&mut upstream).await? {
        (b'R', body) if body == 0_i32.to_be_bytes() => protocol::welcome(&mut stream).await?,
        (b'E', body) => {
            // Such as a database that does not exist: PostgreSQL says so itself.
            protocol::say(&mut stream, b'E', &body).await?;
            return stream.shutdown().await;
        }
        _ => {
            let message = format!("the database behind the simulator does not trust {role}");
            shared.note(&message);
            return protocol::refuse(&mut stream, "28000", &message).await;
        }
    }
    join(stream, upstream, way).await;
    Ok(())
}

async fn cancel(shared: &Shared, message: &[u8]) -> io::Result<()> {
    let mut upstream = TcpStream::connect(shared.upstream()).await?;
    upstream.write_all(message).await?;
    upstream.shutdown().await
}
