//! A certificate for `localhost` and 127.0.0.1 from an authority of its own, made by the `openssl` program.

use std::path::{Path, PathBuf};
use std::process::Command;

/// PEM files; they live as long as the directory they were made in.
#[derive(Debug, Clone)]
pub struct TestCertificate {
    /// What a client has to trust.
    pub authority: PathBuf,
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl TestCertificate {
    pub fn make(directory: &Path) -> Self {
        let script = r#"
            set -e
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
                -keyout ca.key -out ca.pem -subj "/CN=Ticketty test authority" \
                -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
                -keyout server.key -out server.csr -subj "/CN=localhost"
            printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' > server.ext
            openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 \
                -extfile server.ext -out server.pem
        "#;
        let done = Command::new("sh")
            .args(["-c", script])
            .current_dir(directory)
            .output()
            .expect("openssl can be started");
        assert!(
            done.status.success(),
            "openssl: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        Self {
            authority: directory.join("ca.pem"),
            certificate: directory.join("server.pem"),
            key: directory.join("server.key"),
        }
    }
}
