//! What the binary does. Without a subcommand it serves; the others are for people and builds.

mod billing;
mod blobs;
mod documents;
mod functions;
mod generate;
mod ledger;
mod package;
mod plan;
mod safety;
mod serve;
mod spend;

pub use self::generate::{Generated, generated};

use std::path::PathBuf;

use clap::{Parser, Subcommand};
use imagegen_core::safety::Outcome;

/// ImageGenerator AI: the custom handler of Azure Functions. Without a subcommand it serves on the port that the
/// Functions host gives in `FUNCTIONS_CUSTOMHANDLER_PORT`.
#[derive(Debug, Parser)]
#[command(name = "imagegen", version, disable_help_subcommand = true)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the table of functions.
    Functions,
    /// Write the generated files: functions/, openapi.json, local.settings.json.example, docs/settings.md,
    /// docs/functions.md.
    Generate {
        /// The folder of the checkout.
        #[arg(long, default_value = ".")]
        root: PathBuf,
        /// Only say what is out of date, and fail if anything is.
        #[arg(long)]
        check: bool,
    },
    /// Print the OpenAPI document.
    Openapi,
    /// Stage what is deployed: host.json, the binary and each function's folder.
    Package {
        /// The folder to fill; what an earlier run put there is replaced.
        #[arg(long)]
        out: PathBuf,
        /// Also pack it into this file: the same package is the same bytes, wherever and whenever it is packed.
        #[arg(long, value_name = "FILE")]
        zip: Option<PathBuf>,
        /// The binary to ship, when it is not this one: built for another machine.
        #[arg(long, value_name = "FILE")]
        handler: Option<PathBuf>,
        /// Fail when the binary needs a newer glibc than this, such as 2.31.
        #[arg(long, value_name = "VERSION")]
        glibc: Option<package::Glibc>,
    },
    /// Prove that credits add up.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// Where documents are kept.
    #[command(subcommand)]
    Documents(DocumentsCommand),
    /// How good the safety check is.
    #[command(subcommand)]
    Safety(SafetyCommand),
    /// What is sold.
    #[command(subcommand)]
    Billing(BillingCommand),
    /// Where pictures are kept.
    #[command(subcommand)]
    Blobs(BlobsCommand),
    /// What an operator does to accounts.
    #[command(subcommand)]
    Admin(AdminCommand),
}

#[derive(Debug, Subcommand)]
enum DocumentsCommand {
    /// Make the database and its containers in a Cosmos DB account, or bring their indexes up to date. A second run
    /// changes nothing. It needs the account's connection string; in Azure the deployment does it.
    Setup {
        #[command(flatten)]
        store: StoreArguments,
    },
}

#[derive(Debug, Subcommand)]
enum BlobsCommand {
    /// Make what must be there in an emulator's storage account: the containers, and rules for other pages. In Azure Bicep
    /// does it. A second run changes nothing.
    Setup {
        /// Pages of this address may send pictures to storage. May be given more than once.
        #[arg(long, env = "APP_URL")]
        origin: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
enum LedgerCommand {
    /// Rebuild every balance from the ledger's entries and print the drift; fails if there is any.
    Verify {
        /// Only this account (`usr_…`).
        #[arg(long)]
        account: Option<String>,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Print an account's statement, newest line first.
    Show {
        /// The account (`usr_…`).
        #[arg(long)]
        account: String,
        /// As CSV instead of columns.
        #[arg(long)]
        csv: bool,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// What providers took and users paid, by model and provider. Jobs at work have no credits yet.
    Spend {
        #[command(flatten)]
        store: StoreArguments,
    },
}

#[derive(Debug, Subcommand)]
enum BillingCommand {
    /// Make at Stripe what is sold, by the catalogue and the STRIPE_ settings: products, prices, the portal's
    /// configuration and the webhook endpoint. A second run changes nothing.
    Setup {
        /// Where Stripe's events are to go; without it there is no webhook endpoint.
        #[arg(long)]
        webhook_url: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
enum SafetyCommand {
    /// Hold prompts with known verdicts against the configured safety check; print false positives and negatives.
    Evaluate {
        /// Another set: TOML with `[[case]]` tables of `prompt`, `expected` (allowed or blocked) and `about`.
        #[arg(long)]
        set: Option<PathBuf>,
    },
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum AppealOutcome {
    /// The safety check was right.
    Upheld,
    /// It was wrong: the same thing passes for this account from now on.
    Overturned,
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Print the appeals against the safety check that wait for an answer.
    Appeals {
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Answer an appeal.
    Answer {
        /// The account (`usr_…`) that appealed.
        #[arg(long)]
        account: String,
        /// The decision (`dec_…`).
        #[arg(long)]
        decision: String,
        #[arg(long)]
        outcome: AppealOutcome,
        /// For the user to read.
        #[arg(long)]
        note: Option<String>,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Put an account on a plan from now on, with that plan's credits for a month.
    Plan {
        /// The account (`usr_…`), as `GET /api/v1/me` tells it.
        #[arg(long)]
        account: String,
        /// free, basic or premium.
        #[arg(long)]
        plan: String,
        #[command(flatten)]
        store: StoreArguments,
    },
}

#[derive(Debug, clap::Args)]
struct StoreArguments {
    /// Where documents are kept: `sqlite:` and a path, the address of a Cosmos DB account, or its connection string.
    #[arg(
        long,
        env = "IMAGEGEN_DOCUMENTS",
        hide_env_values = true,
        default_value = "sqlite:.local/documents.sqlite"
    )]
    documents: String,
    /// The database in the Cosmos DB account.
    #[arg(long, env = "COSMOS_DATABASE", default_value = "imagegen")]
    database: String,
}

/// Runs what the arguments say. The error is a sentence for the console; the exit code is then not 0, because the
/// host restarts a handler only if it failed.
pub fn run(arguments: Arguments, setting: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    let open = |store: &StoreArguments| documents::open(store, &setting);
    match arguments.command {
        None => serve::serve(setting),
        Some(Command::Functions) => {
            functions::print();
            Ok(())
        }
        Some(Command::Generate { root, check }) => generate::generate(&root, check),
        Some(Command::Openapi) => {
            generate::print_openapi();
            Ok(())
        }
        Some(Command::Package { out, zip, handler, glibc }) => {
            package::package(&out, zip.as_deref(), handler.as_deref(), glibc)
        }
        Some(Command::Ledger(LedgerCommand::Verify { account, store })) => {
            ledger::verify(&open(&store)?, account.as_deref())
        }
        Some(Command::Ledger(LedgerCommand::Show { account, csv, store })) => {
            ledger::show(&open(&store)?, &account, csv)
        }
        Some(Command::Ledger(LedgerCommand::Spend { store })) => spend::spend(&open(&store)?),
        Some(Command::Documents(DocumentsCommand::Setup { store })) => {
            documents::setup(&store, &setting)
        }
        Some(Command::Safety(SafetyCommand::Evaluate { set })) => {
            safety::evaluate(set.as_deref(), setting)
        }
        Some(Command::Billing(BillingCommand::Setup { webhook_url })) => {
            billing::setup(webhook_url.as_deref(), setting)
        }
        Some(Command::Blobs(BlobsCommand::Setup { origin })) => blobs::setup(&origin, setting),
        Some(Command::Admin(AdminCommand::Appeals { store })) => safety::appeals(&open(&store)?),
        Some(Command::Admin(AdminCommand::Answer { account, decision, outcome, note, store })) => {
            let outcome = match outcome {
                AppealOutcome::Upheld => Outcome::Upheld,
                AppealOutcome::Overturned => Outcome::Overturned,
            };
            safety::answer(&open(&store)?, &account, &decision, outcome, note.as_deref())
        }
        Some(Command::Admin(AdminCommand::Plan { account, plan, store })) => {
            plan::change(&open(&store)?, &account, &plan)
        }
    }
}
