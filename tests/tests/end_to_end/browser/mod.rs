//! The server's pages in a real browser.

use std::path::PathBuf;

use end_to_end::{
    browser::{Browser, PHONE},
    staff::one_time_code,
    world::{World, test_folder},
};

mod calls;
mod lodging;
mod queue;
mod reception;
mod sign_in;

/// The member of staff at the reception desk, of the seeds, and what his device shares with the server.
const USER: (&str, &str) = ("tran.van.mau", "quay tiep don so 1");
const DEVICE: &str = "QUAYTIEPDONQUAYTIEPDONQUAYTIEPDO";

/// A world, and a browser that looks at it.
struct Scene {
    world: World,
    phone: Browser,
    folder: PathBuf,
}

impl Scene {
    /// On a phone.
    async fn open(name: &str) -> Self {
        Self::open_at(name, PHONE).await
    }

    async fn open_at(name: &str, size: (u32, u32)) -> Self {
        let folder = test_folder(name).unwrap();
        let world = World::start(&folder).unwrap();
        Self { world, phone: Browser::open(size).await.unwrap(), folder }
    }

    /// Another window on the same world.
    async fn another(&self, size: (u32, u32), path: &str) -> Browser {
        let window = Browser::open(size).await.unwrap();
        window.go(&format!("{}{path}", self.world.server_address().unwrap())).await.unwrap();
        window
    }

    /// Signed in as the member of staff at the desk, on the page `path`.
    async fn signed_in(&self, path: &str) {
        self.go(path).await;
        self.type_password(USER.1).await;
        self.phone.wait_for("Mã xác thực trên điện thoại").await.unwrap();
        self.type_code(&self.code()).await;
        self.phone.wait_for("Trần Văn Mẫu").await.unwrap();
    }

    /// Signed in as somebody else of the seeds.
    async fn signed_in_as(&self, (user, password): (&str, &str), device: &str, name: &str, path: &str) {
        self.go(path).await;
        self.phone.fill("user_name", user).await.unwrap();
        self.phone.fill("password", password).await.unwrap();
        self.phone.press("Tiếp tục").await.unwrap();
        self.phone.wait_for("Mã xác thực trên điện thoại").await.unwrap();
        let code = one_time_code(device, self.world.now().unwrap().as_second(), 0).unwrap();
        self.type_code(&code).await;
        self.phone.wait_for(name).await.unwrap();
    }

    async fn go(&self, path: &str) {
        self.phone.go(&format!("{}{path}", self.world.server_address().unwrap())).await.unwrap();
    }

    async fn type_password(&self, password: &str) {
        self.phone.fill("user_name", USER.0).await.unwrap();
        self.phone.fill("password", password).await.unwrap();
        self.phone.press("Tiếp tục").await.unwrap();
    }

    async fn type_code(&self, code: &str) {
        self.phone.fill("code", code).await.unwrap();
        self.phone.press("Đăng nhập").await.unwrap();
    }

    fn code(&self) -> String {
        one_time_code(DEVICE, self.world.now().unwrap().as_second(), 0).unwrap()
    }

    /// Nothing has to be scrolled sideways, and the picture is there to look at.
    async fn look(&self, name: &str) {
        assert_eq!(self.phone.overflow().await.unwrap(), 0, "{name} is wider than a phone");
        self.phone.picture(&self.folder.join(format!("{name}.png"))).await.unwrap();
    }
}
