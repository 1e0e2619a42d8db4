//! A certificate authority that lives as long as a test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// An authority with its key, in a directory.
#[derive(Debug)]
pub struct Authority {
    dir: PathBuf,
}

/// A certificate with its key, both PEM.
#[derive(Debug, Clone)]
pub struct Issued {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

impl Issued {
    /// Speaks TLS as a server with this certificate.
    pub fn acceptor(&self) -> TlsAcceptor {
        let read = |path: &Path| std::fs::read(path).unwrap();
        let chain = CertificateDer::pem_slice_iter(&read(&self.certificate))
            .collect::<Result<Vec<_>, _>>()
            .unwrap();
        let key = PrivateKeyDer::from_pem_slice(&read(&self.key)).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

impl Authority {
    pub fn new(dir: &Path) -> Self {
        std::fs::create_dir_all(dir).unwrap();
        let authority = Self {
            dir: dir.to_path_buf(),
        };
        openssl(
            dir,
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem \
             -days 30 -subj /CN=Ticketty-test-authority -addext basicConstraints=critical,CA:TRUE",
        );
        std::fs::write(dir.join("index"), "").unwrap();
        std::fs::write(
            dir.join("ca.conf"),
            "[ca]\ndefault_ca=own\n[own]\ndatabase=index\nnew_certs_dir=.\nserial=serial\ndefault_md=sha256\n\
             policy=any\nunique_subject=no\n[any]\ncommonName=supplied\n",
        )
        .unwrap();
        authority
    }

    /// The authority's certificate, as `Trust::ca_file` takes it.
    pub fn file(&self) -> PathBuf {
        self.dir.join("ca.pem")
    }

    /// A certificate for `names` such as `DNS:mail.test,IP:127.0.0.1`, valid from 2020 until `end` (YYYYMMDD).
    pub fn issue(&self, file: &str, names: &str, end: &str) -> Issued {
        std::fs::write(
            self.dir.join("names.ext"),
            format!("subjectAltName={names}\n"),
        )
        .unwrap();
        openssl(
            &self.dir,
            &format!(
                "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout {file}.key -out {file}.csr \
                 -subj /CN={file}"
            ),
        );
        openssl(
            &self.dir,
            &format!(
                "ca -batch -config ca.conf -rand_serial -cert ca.pem -keyfile ca.key -in {file}.csr \
                 -out {file}.pem -notext -startdate 20200101000000Z -enddate {end}000000Z -extfile names.ext"
            ),
        );
        Issued {
            certificate: self.dir.join(format!("{file}.pem")),
            key: self.dir.join(format!("{file}.key")),
        }
    }
}

fn openssl(dir: &Path, arguments: &str) {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "openssl {arguments}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
