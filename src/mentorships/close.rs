//! Closing a programme: everybody who waits is let go, and open mentorships end or go on as the coordinator says.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::policy::{self, Action};
use crate::db::Conn;
use crate::kernel::ids::ProgrammeId;
use crate::kernel::{Context, IfMatch, Problem};
use crate::mentorships::{EndReason, Ending, Endings, end_in, store};
use crate::programmes::life::{self, LetGo};
use crate::programmes::{self, Programme, leave};

crate::text_enum! {
    /// What becomes of open mentorships when their programme closes.
    pub enum OpenMentorships {
        /// They end now; both people get a mail, planned meetings are cancelled.
        End => "end",
        /// They go on to their own end; meetings and hours stay possible.
        Continue => "continue",
    }
}

/// How a programme is closed.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// Why, 1 to 1,000 characters; the reason that everybody leaves with.
    pub reason: String,
    /// What becomes of open mentorships.
    pub mentorships: OpenMentorships,
}

/// What closing did.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Closed {
    pub programme: Programme,
    /// Who was let go because no mentorship held them.
    pub let_go: LetGo,
    /// Mentorships that were ended.
    pub mentorships_ended: usize,
    /// Mentorships that go on.
    pub mentorships_continuing: usize,
}

/// Closes a programme.
///
/// # Errors
/// 403, 404, 412; 422; 409 `programme-state`.
pub fn close_programme(
    conn: &mut Conn,
    ctx: &Context,
    id: ProgrammeId,
    if_match: &IfMatch,
    closing: &Closing,
    endings: Endings,
) -> Result<Closed, Problem> {
    conn.write_tx(|conn| {
        let before = programmes::store::hold(conn, id)?;
        policy::allow(&ctx.actor, Action::CloseProgramme, &before.object())?;
        if_match.require(before.version)?;
        let reason = leave::reason(&closing.reason)?;
        let open = store::open_of(conn, id)?;
        let (programme, let_go) = life::close_in(conn, ctx, &before, &reason)?;
        let (ended, continuing) = match closing.mentorships {
            OpenMentorships::Continue => (0, open.len()),
            OpenMentorships::End => {
                for mentorship in &open {
                    let ending = Ending::because(EndReason::ProgrammeClosed);
                    end_in(conn, ctx, mentorship, &ending, endings)?;
                }
                (open.len(), 0)
            }
        };
        Ok(Closed {
            programme,
            let_go,
            mentorships_ended: ended,
            mentorships_continuing: continuing,
        })
    })
}
