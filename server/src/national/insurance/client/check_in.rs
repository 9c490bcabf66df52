//! CHECK-IN messages over HTTP.

use async_trait::async_trait;
use identity::SecretBytes;
use zeroize::Zeroizing;

use super::{InsuranceClient, SYSTEM, unavailable};
use crate::national::{
    Flaw, NationalError, Trouble,
    http::Repeat,
    insurance::{
        CheckInChannel, Receipt,
        wire::{
            Malformed, Token,
            check_in::{self, CheckInReply},
        },
    },
};

impl InsuranceClient {
    async fn deliver(&self, token: &Token, form: &Zeroizing<String>) -> Result<CheckInReply, NationalError> {
        let malformed = |Malformed| unavailable(Trouble::Malformed(Flaw::Content));
        let headers = check_in::headers(token, &self.password_digest).map_err(malformed)?;
        let build = || {
            self.http
                .post(self.check_in_url.clone())
                .headers(headers.clone())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body(form.to_string())
        };
        let reply = self.http.exchange(Repeat::IfNotSent, build).await.map_err(unavailable)?;
        match reply.status {
            200 => check_in::check_in_reply(&reply.body).map_err(malformed),
            status @ (401 | 403) => Ok(CheckInReply::TokenRefused(status.to_string())),
            status => Err(unavailable(Trouble::Status(status))),
        }
    }
}

#[async_trait]
impl CheckInChannel for InsuranceClient {
    async fn send_check_in(&self, xml0: &SecretBytes) -> Result<Receipt, NationalError> {
        let form = check_in::request(&self.configuration.user, &self.facility, xml0);
        let delivery = async {
            let token = self.token(None).await?;
            match self.deliver(&token, &form).await? {
                CheckInReply::TokenRefused(_) => {
                    let token = self.token(Some(&token)).await?;
                    self.deliver(&token, &form).await
                }
                reply => Ok(reply),
            }
        };
        match self.http.in_time(delivery).await? {
            CheckInReply::Received(receipt) => Ok(receipt),
            CheckInReply::PortalDown => Err(unavailable(Trouble::Reported)),
            CheckInReply::TokenRefused(code) | CheckInReply::Refused(code) => {
                Err(NationalError::Refused { system: SYSTEM, code })
            }
        }
    }
}
