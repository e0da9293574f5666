//! `passerelle demo`: the whole product on real-looking data, with no server, no variable and no file to
//! write first.

pub mod population;
mod tables;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the demonstration keeps its data.
    #[arg(long, value_name = "DIR", default_value = "passerelle-demo")]
    pub data: std::path::PathBuf,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
    /// The port to listen on; 0 takes any free one.
    #[arg(long, default_value_t = 8080)]
    pub port: u16,
    /// Start over: remove the data of an earlier demonstration first.
    #[arg(long)]
    pub fresh: bool,
}

/// Runs it.
pub fn run(_args: &Args) -> anyhow::Result<()> {
    anyhow::bail!("the demonstration is not ready in this build")
}
