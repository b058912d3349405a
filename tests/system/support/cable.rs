//! The cable between the app and its database: a test can cut it and mend it.

use std::ops::Deref;

use url::Url;

/// A way to the database server that can fail.
pub struct Cable(simulators::Cable);

impl Cable {
    /// A cable to the server of a database's URL.
    pub async fn to(url: &str) -> Self {
        let url = Url::parse(url).expect("a database URL");
        let host = url.host_str().expect("a host");
        let server = format!("{host}:{}", url.port().unwrap_or(5432));
        Self(simulators::Cable::to(server).await.expect("a free port"))
    }

    /// The database's URL through this cable.
    pub fn through(&self, url: &str) -> String {
        let mut url = Url::parse(url).expect("a database URL");
        url.set_host(Some("127.0.0.1")).expect("a host");
        url.set_port(Some(self.address().port())).expect("a port");
        url.to_string()
    }
}

impl Deref for Cable {
    type Target = simulators::Cable;

    fn deref(&self) -> &simulators::Cable {
        &self.0
    }
}
