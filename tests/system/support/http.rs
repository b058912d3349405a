//! Requests as bytes on a wire, so that a test can send what no client library would.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub body: String,
}

/// Posts `body` to `http://host:port` + `path`; `headers` may hold any bytes.
pub async fn post(url: &str, path: &str, headers: &[(&str, &[u8])], body: &[u8]) -> Reply {
    exchange(url, "POST", path, headers, body).await.1
}

/// Sends any request; the head of the answer, and the answer.
pub async fn exchange(
    url: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &[u8])],
    body: &[u8],
) -> (String, Reply) {
    let address = url
        .strip_prefix("http://")
        .expect("a URL of the local server");
    let stream = TcpStream::connect(address).await.expect("the app listens");
    let (mut read, mut write) = stream.into_split();
    let own_host = headers.iter().any(|(name, _)| *name == "host");
    let host = if own_host {
        String::new()
    } else {
        format!("Host: {address}\r\n")
    };
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\n{host}Connection: close\r\nContent-Length: {}\r\n",
        body.len()
    )
    .into_bytes();
    for (name, value) in headers {
        head.extend_from_slice(name.as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value);
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    // The server may answer and hang up before it has read everything.
    let sending = async {
        let _ = write.write_all(&head).await;
        let _ = write.write_all(body).await;
        write
    };
    let receiving = async {
        let mut reply = Vec::new();
        let _ = read.read_to_end(&mut reply).await;
        reply
    };
    let (_write, reply) = tokio::join!(sending, receiving);
    let reply = String::from_utf8_lossy(&reply);
    let (head, body) = reply
        .split_once("\r\n\r\n")
        .unwrap_or_else(|| panic!("no answer to {path}: {reply:?}"));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .expect("a status line");
    let reply = Reply {
        status,
        body: body.to_owned(),
    };
    (head.to_owned(), reply)
}
