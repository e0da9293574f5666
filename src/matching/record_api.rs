//! The record of decisions over the API.

use actix_web::web::{Data, Json};
use actix_web::{Responder, get};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::access::Caller;
use crate::kernel::Problem;
use crate::kernel::ids::ParticipationId;
use crate::matching::record::{self, MatchRecord};
use crate::web::problem::ProblemDocument;
use crate::web::{App, Path};

/// The route of the record.
pub fn routes(config: &mut ServiceConfig) {
    config.service(read_match_record);
}

/// What was decided about somebody's matches: who, when, on what grounds, in plain words in both languages. For the
/// person themself (Québec, Law 25, section 12.1) and for coordinators. The person reads nothing private about
/// anybody else, and coordinators read everything.
#[utoipa::path(tag = "matching", operation_id = "read_match_record", params(("id" = ParticipationId, Path)),
    responses((status = 200, body = MatchRecord), (status = 404, body = ProblemDocument)))]
#[get("/participations/{id}/match-record")]
async fn read_match_record(
    caller: Caller,
    app: Data<App>,
    id: Path<ParticipationId>,
) -> Result<impl Responder, Problem> {
    let record = app
        .db
        .run(move |conn| record::read(conn, &caller.ctx, id.0))
        .await?;
    Ok(Json(record))
}
