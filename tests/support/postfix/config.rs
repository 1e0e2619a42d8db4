//! The two files of a Postfix that keeps to itself.

use std::fmt::Write as _;

use super::PostfixPlan;

/// Everything below the plan's home, nothing to the outside.
pub fn main_cf(plan: &PostfixPlan) -> String {
    let home = plan.home.path().display();
    let mut domains: Vec<&str> = plan
        .mailboxes
        .keys()
        .filter_map(|address| address.rsplit_once('@'))
        .map(|(_, domain)| domain)
        .collect();
    domains.dedup();
    let mut text = format!(
        "compatibility_level = 3.6\n\
         queue_directory = {home}/queue\n\
         data_directory = {home}/data\n\
         maillog_file = {home}/log/mail.log\n\
         maillog_file_prefixes = {home}\n\
         myhostname = postfix.test\n\
         mydestination =\n\
         inet_interfaces = 127.0.0.1\n\
         inet_protocols = ipv4\n\
         mynetworks = 127.0.0.0/8\n\
         disable_dns_lookups = yes\n\
         smtpd_peername_lookup = no\n\
         smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject\n\
         default_transport = error:5.1.2 no mail leaves this machine\n\
         recipient_delimiter = +\n\
         alias_maps =\n\
         alias_database =\n\
         local_recipient_maps =\n\
         biff = no\n\
         append_dot_mydomain = no\n\
         in_flow_delay = 0\n\
         virtual_mailbox_base = /\n\
         virtual_minimum_uid = 1\n\
         virtual_mailbox_limit = 0\n\
         virtual_mailbox_maps = texthash:{home}/config/boxes\n\
         virtual_uid_maps = texthash:{home}/config/users\n\
         virtual_gid_maps = texthash:{home}/config/groups\n\
         virtual_mailbox_domains = {}\n",
        domains.join(", ")
    );
    for (name, value) in &plan.settings {
        writeln!(text, "{name} = {value}").unwrap();
    }
    text
}

/// The services: our ports, delivery to Maildirs, bounces; nothing that sends to the outside.
pub fn master_cf(port: u16, tls_port: Option<u16>) -> String {
    let mut text = format!("127.0.0.1:{port} inet n - n - - smtpd\n");
    if let Some(tls_port) = tls_port {
        writeln!(
            text,
            "127.0.0.1:{tls_port} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes"
        )
        .unwrap();
    }
    text.push_str(
        "pickup unix n - n 60 1 pickup\n\
         cleanup unix n - n - 0 cleanup\n\
         qmgr unix n - n 300 1 qmgr\n\
         tlsmgr unix - - n 1000? 1 tlsmgr\n\
         rewrite unix - - n - - trivial-rewrite\n\
         bounce unix - - n - 0 bounce\n\
         defer unix - - n - 0 bounce\n\
         trace unix - - n - 0 bounce\n\
         proxymap unix - - n - - proxymap\n\
         error unix - - n - - error\n\
         retry unix - - n - - error\n\
         virtual unix - n n - - virtual\n\
         anvil unix - - n - 1 anvil\n\
         showq unix n - n - - showq\n\
         postlog unix-dgram n - n - 1 postlogd\n",
    );
    text
}
