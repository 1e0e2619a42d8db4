//! The desk where there is no terminal for it.

use std::process::Stdio;

use crate::support::program::{Home, ran};

#[test]
fn without_a_terminal_the_desk_says_so_and_writes_nothing_else() {
    for words in [&[][..], &["demo"]] {
        let home = Home::new();
        let mut command = home.command(words);
        command
            .env("TICKETTY_DATA_DIR", home.data())
            .stdin(Stdio::null());
        let said = ran(command.output().unwrap()).failed(
            1,
            &["the desk needs a terminal", "run ticketty in a terminal"],
        );
        assert_eq!(said.stdout, "", "{words:?}");
    }
}

#[test]
fn with_its_output_in_a_pipe_the_desk_does_not_wait_for_keys() {
    let pair = portable_pty::native_pty_system()
        .openpty(portable_pty::PtySize::default())
        .unwrap();
    let terminal = std::fs::File::open(pair.master.tty_name().unwrap()).unwrap();
    let home = Home::new();
    let mut command = home.command(&[]);
    command
        .env("TICKETTY_DATA_DIR", home.data())
        .stdin(Stdio::from(terminal));
    let said = ran(command.output().unwrap()).failed(1, &["its output is not one"]);
    assert_eq!(said.stdout, "");
}
