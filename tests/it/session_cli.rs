//! The command line's way to people and tokens, through the types that `main` parses into.

use callbackd::cli::{admin::Admin, token::Token};
use callbackd::session::Role;
use callbackd::session::people;
use callbackd::session::tokens;
use clap::Parser;

use crate::session_app::{App, PASSWORD};
use crate::support::program;

#[derive(Parser)]
enum Cli {
    Admin(Admin),
    Token(Token),
}

async fn run(app: &App, line: &str) -> anyhow::Result<()> {
    match Cli::try_parse_from(std::iter::once("callbackd").chain(line.split(' ')))? {
        Cli::Admin(command) => command.run(app.db.clone()).await,
        Cli::Token(command) => command.run(app.db.clone()).await,
    }
}

#[tokio::test]
async fn the_last_admin_cannot_be_removed_from_the_command_line_either() {
    let app = App::start().await;
    app.person("ada@example.org", Role::Admin).await;
    let error = run(&app, "admin remove --email ada@example.org").await.unwrap_err();
    assert_eq!(error.to_string(), "this is the last admin");
    app.person("grace@example.org", Role::Admin).await;
    run(&app, "admin remove --email ADA@example.org").await.unwrap();
    assert_eq!(people::list(&app.db, "", 10).await.unwrap().len(), 1);
    let error = run(&app, "admin remove --email ada@example.org").await.unwrap_err();
    assert_eq!(error.to_string(), "there is nobody with this id or address");
    run(&app, "admin list --json").await.unwrap();
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_from_the_command_line() {
    let app = App::start().await;
    let (_, cookie) = app.signed_in("ada@example.org", Role::Admin).await;
    let url = app.database.url();
    let set = async |email: &str, password: &str| {
        let line = format!("admin password --email {email} --password-stdin");
        program::run_with_input(&line, &[("DATABASE_URL", &url)], password).await
    };
    let done = set("ADA@example.org", "another long password\n").await;
    assert_eq!(
        (done.code, done.stdout.as_str()),
        (0, "ada@example.org has another password; their sessions have ended\n")
    );
    assert_eq!(app.status_of(&cookie).await, 401);
    assert_eq!(app.login("ada@example.org", PASSWORD).send().await.status, 401);
    assert_eq!(app.login("ada@example.org", "another long password").send().await.status, 200);
    let short = set("ada@example.org", "elevenchars\n").await;
    assert!(short.code == 1 && short.stderr.contains("at least 12 characters"), "{short:?}");
    let nobody = set("nobody@example.org", "another long password\n").await;
    assert!(nobody.code == 1 && nobody.stderr.contains("there is nobody"), "{nobody:?}");
}

#[tokio::test]
async fn an_address_that_is_taken_is_said_before_a_password_is_asked_for() {
    let app = App::start().await;
    app.person("ada@example.org", Role::Member).await;
    let error = run(&app, "admin create --email ada@example.org").await.unwrap_err();
    assert_eq!(error.to_string(), "somebody has this e-mail address already");
}

#[tokio::test]
async fn tokens_are_made_listed_and_revoked_from_the_command_line() {
    let app = App::start().await;
    let ada = app.person("ada@example.org", Role::Admin).await;
    run(&app, "token create --email ada@example.org --name export").await.unwrap();
    assert!(run(&app, "token create --email nobody@example.org --name export").await.is_err());
    let made = tokens::list(&app.db, Some(ada.id)).await.unwrap();
    assert_eq!((made.len(), made[0].name.as_str(), made[0].email.as_str()), (1, "export", "ada@example.org"));
    run(&app, "token list --json").await.unwrap();
    run(&app, &format!("token revoke {}", made[0].id)).await.unwrap();
    assert!(tokens::list(&app.db, None).await.unwrap().is_empty());
    assert!(run(&app, &format!("token revoke {}", made[0].id)).await.is_err());
}
