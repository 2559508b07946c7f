"""Every setting of the shop, in one table. `docs/guide/*/configuration.md` is written from it; a new setting is one entry here."""

from shopkeeper.kit.configuration import Kind, Setting
from shopkeeper.kit.text import Bilingual

SETTINGS: tuple[Setting, ...] = (
    # ── place ─────────────────────────────────────────────────────────────────────────────────────────────────────────
    Setting(
        name="DATA_DIR", kind=Kind.FOLDER, part="everything",
        meaning=Bilingual("The folder of everything this shop keeps: database, lake, uploads, secret key.",
                          "店铺全部数据所在的目录：数据库、数据湖、上传文件、密钥。"),
        default_is=Bilingual("one folder for each clone, below `/var/lib/shopkeeper` for root, else below `~/.local/state/shopkeeper`",
                             "每个克隆一个目录：root 在 `/var/lib/shopkeeper` 下，其他用户在 `~/.local/state/shopkeeper` 下"),
        example="/srv/shop",
    ),
    Setting(
        name="DATABASE_URL", kind=Kind.ADDRESS, part="database", is_secret=True, schemes=("postgresql", "postgres"),
        meaning=Bilingual("The address of a PostgreSQL (15 or newer) of your own, instead of the embedded one.",
                          "自备 PostgreSQL（15 以上）的地址，代替内置数据库。"),
        default_is=Bilingual("the embedded server", "内置数据库"),
        example="postgresql://user:password@host:5432/shop",
    ),
    Setting(
        name="SECRET_KEY", kind=Kind.TEXT, part="web", is_secret=True,
        meaning=Bilingual("What sessions and links in mails are signed with, at least 50 letters. Whoever has it can sign in as anybody.",
                          "签名会话和邮件链接的密钥，至少 50 个字符。拿到它的人可以冒充任何人登录。"),
        default_is=Bilingual("`secret_key` in the data folder, made at the first start", "数据目录里的 `secret_key`，首次启动时生成"),
    ),
    Setting(
        name="STATIC_ROOT", kind=Kind.FOLDER, part="web",
        meaning=Bilingual("Where styles and pictures are laid out at the start.", "启动时放置样式和图片的目录。"),
        default_is=Bilingual("`static` in the data folder", "数据目录里的 `static`"),
    ),
    Setting(
        name="BACKUP_DIR", kind=Kind.FOLDER, part="backups", example="/mnt/other-disk/shop",
        meaning=Bilingual("Where nightly backups and the write-ahead log go. Choose another disk, better another machine: a backup on the "
                          "shop's own disk is lost with it.",
                          "每夜备份和预写日志存放的目录。请选另一块磁盘，最好在另一台机器上：与店铺同盘的备份会随磁盘一起丢失。"),
        default_is=Bilingual("`backups` in the data folder, on the same disk", "数据目录里的 `backups`，与店铺同盘"),
    ),
    # ── web ───────────────────────────────────────────────────────────────────────────────────────────────────────────
    Setting(
        name="PORT", kind=Kind.NUMBER, part="web", default="8000", least=1, most=65535, example="8001",
        meaning=Bilingual("The port of the web server on 127.0.0.1.", "网页服务在 127.0.0.1 上的端口。"),
    ),
    Setting(
        name="PUBLIC_URL", kind=Kind.ADDRESS, part="web", schemes=("http", "https"), example="https://shop.example.com",
        meaning=Bilingual("The address under which shoppers reach the shop. It stands in mails; with https:// cookies travel by TLS only.",
                          "顾客访问店铺的地址，会写进邮件；以 https:// 开头时，Cookie 只走 TLS。"),
        default_is=Bilingual("`http://127.0.0.1:PORT`", "`http://127.0.0.1:PORT`"),
    ),
    Setting(
        name="ALLOWED_HOSTS", kind=Kind.LIST, part="web", default="localhost,127.0.0.1,[::1]", example="shop.example.com",
        meaning=Bilingual("The host names the shop answers to, separated by commas; the one in PUBLIC_URL must be among them.",
                          "店铺响应的主机名，用逗号分隔，必须包含 PUBLIC_URL 里的主机名。"),
    ),
    Setting(
        name="DEBUG", kind=Kind.FLAG, part="web", default="0",
        meaning=Bilingual("1 shows errors with everything around them to whoever looks. For developing only.",
                          "1 会把出错细节展示给任何访问者，只用于开发。"),
    ),
    # ── mails ─────────────────────────────────────────────────────────────────────────────────────────────────────────
    Setting(
        name="SMTP_URL", kind=Kind.ADDRESS, part="mails", is_secret=True, schemes=("smtp", "smtps"),
        meaning=Bilingual("The mail server: `smtps://` speaks TLS at once; `smtp://` with a user turns to TLS before it signs in.",
                          "邮件服务器。`smtps://` 一开始就用 TLS；`smtp://` 带用户名时先转 TLS 再登录。"),
        default_is=Bilingual("mails are written to standard output, addresses and links included", "邮件写到标准输出，包括收件地址和链接"),
        example="smtps://user:password@mail.example.com:465",
    ),
    Setting(
        name="BOUNCE_SECRET", kind=Kind.TEXT, part="mails", is_secret=True,
        meaning=Bilingual("What a mail server or mail provider signs news of returned mails with, sent to `/api/v1/mail-news`.",
                          "邮件服务器或邮件服务商向 `/api/v1/mail-news` 报告退信时签名所用的密钥。"),
        default_is=Bilingual("no news is taken over HTTP", "不经 HTTP 接收退信消息"),
    ),
    Setting(
        name="BOUNCE_MAILBOX", kind=Kind.TEXT, part="mails", example="/var/mail/shop-bounces",
        meaning=Bilingual("The folder (Maildir) to which the mail server of this machine delivers returned mails.",
                          "本机邮件服务器投递退信的文件夹（Maildir 格式）。"),
        default_is=Bilingual("no mailbox is read", "不读取退信邮箱"),
    ),
    # ── short messages ────────────────────────────────────────────────────────────────────────────────────────────────
    Setting(
        name="SMS_GATEWAY_URL", together="sms", kind=Kind.ADDRESS, part="short messages", schemes=("https", "http"),
        meaning=Bilingual("Where short messages with sign-in codes are handed to a gateway; of use only together with SMS_GATEWAY_KEY.",
                          "把登录验证码短信交给短信网关的地址，须与 SMS_GATEWAY_KEY 同时设置。"),
        default_is=Bilingual("nobody signs in by phone", "不能用手机号登录"),
        example="https://sms.example.com/messages",
    ),
    Setting(
        name="SMS_GATEWAY_KEY", together="sms", kind=Kind.TEXT, part="short messages", is_secret=True,
        meaning=Bilingual("What the shop shows the gateway, and what the gateway signs its reports to `/api/v1/text-news` with.",
                          "店铺向短信网关出示的密钥，网关向 `/api/v1/text-news` 发送回执时也用它签名。"),
        default_is=Bilingual("nobody signs in by phone", "不能用手机号登录"),
    ),
    Setting(
        name="SMS_TERMINAL", kind=Kind.FLAG, part="short messages", default="0",
        meaning=Bilingual("1 writes short messages to standard output, numbers and codes included. For developing only.",
                          "1 会把短信写到标准输出，包括号码和验证码，只用于开发。"),
    ),
    # ── payments ──────────────────────────────────────────────────────────────────────────────────────────────────────
    Setting(
        name="STRIPE_SECRET_KEY", together="stripe", kind=Kind.TEXT, part="payments", is_secret=True,
        meaning=Bilingual("Stripe's key for the shop; of use only together with STRIPE_WEBHOOK_SECRET.",
                          "Stripe 给店铺的密钥，须与 STRIPE_WEBHOOK_SECRET 同时设置。"),
        default_is=Bilingual("the shop is not paid through Stripe", "不通过 Stripe 收款"),
    ),
    Setting(
        name="STRIPE_WEBHOOK_SECRET", together="stripe", kind=Kind.TEXT, part="payments", is_secret=True,
        meaning=Bilingual("What Stripe signs its messages with; of use only together with STRIPE_SECRET_KEY.",
                          "Stripe 签名其通知所用的密钥，须与 STRIPE_SECRET_KEY 同时设置。"),
        default_is=Bilingual("the shop is not paid through Stripe", "不通过 Stripe 收款"),
    ),
    Setting(
        name="STRIPE_API_URL", kind=Kind.ADDRESS, part="payments", schemes=("https", "http"), default="https://api.stripe.com",
        meaning=Bilingual("The address of Stripe's API.", "Stripe 接口的地址。"),
    ),
    Setting(
        name="ALIPAY_APP_ID", together="alipay", kind=Kind.TEXT, part="payments", example="2021000000000000",
        meaning=Bilingual("The application's number at Alipay's Open Platform; of use only together with both key files.",
                          "支付宝开放平台的应用 APPID，须与两个密钥文件同时设置。"),
        default_is=Bilingual("the shop is not paid through Alipay", "不通过支付宝收款"),
    ),
    Setting(
        name="ALIPAY_PRIVATE_KEY_FILE", together="alipay", kind=Kind.TEXT, part="payments", example="/etc/shop/alipay-app.key",
        meaning=Bilingual("The file with the shop's own private key (RSA2), in PEM or as Alipay's key tool writes it.",
                          "店铺应用私钥（RSA2）所在的文件，PEM 或支付宝密钥工具导出的格式均可。"),
        default_is=Bilingual("the shop is not paid through Alipay", "不通过支付宝收款"),
    ),
    Setting(
        name="ALIPAY_PUBLIC_KEY_FILE", together="alipay", kind=Kind.TEXT, part="payments", example="/etc/shop/alipay.pub",
        meaning=Bilingual("The file with Alipay's public key, shown at the platform once yours is uploaded; not your own public key.",
                          "支付宝公钥所在的文件。上传应用公钥后在开放平台查看，不是您自己的应用公钥。"),
        default_is=Bilingual("the shop is not paid through Alipay", "不通过支付宝收款"),
    ),
    Setting(
        name="ALIPAY_GATEWAY", kind=Kind.ADDRESS, part="payments", schemes=("https", "http"), default="https://openapi.alipay.com/gateway.do",
        meaning=Bilingual("The address of Alipay's gateway; the sandbox has one of its own.",
                          "支付宝网关地址；沙箱环境有单独的地址。"),
    ),
    Setting(
        name="WECHAT_MCH_ID", together="wechat", kind=Kind.TEXT, part="payments", example="1900000001",
        meaning=Bilingual("The merchant's number at WeChat Pay; of use only together with the five settings that follow.",
                          "微信支付商户号，须与下面五项同时设置。"),
        default_is=Bilingual("the shop is not paid through WeChat Pay", "不通过微信支付收款"),
    ),
    Setting(
        name="WECHAT_APP_ID", together="wechat", kind=Kind.TEXT, part="payments", example="wx0000000000000001",
        meaning=Bilingual("The application (official account, mini program) that is bound to the merchant's number.",
                          "与商户号绑定的公众号或小程序 AppID。"),
        default_is=Bilingual("the shop is not paid through WeChat Pay", "不通过微信支付收款"),
    ),
    Setting(
        name="WECHAT_SERIAL_NO", together="wechat", kind=Kind.TEXT, part="payments",
        meaning=Bilingual("The serial number of the merchant's API certificate.",
                          "商户 API 证书的序列号。"),
        default_is=Bilingual("the shop is not paid through WeChat Pay", "不通过微信支付收款"),
    ),
    Setting(
        name="WECHAT_PRIVATE_KEY_FILE", together="wechat", kind=Kind.TEXT, part="payments", example="/etc/shop/apiclient_key.pem",
        meaning=Bilingual("The file with the private key of the merchant's API certificate (apiclient_key.pem).",
                          "商户 API 证书私钥文件（apiclient_key.pem）。"),
        default_is=Bilingual("the shop is not paid through WeChat Pay", "不通过微信支付收款"),
    ),
    Setting(
        name="WECHAT_API_V3_KEY", together="wechat", kind=Kind.TEXT, part="payments", is_secret=True,
        meaning=Bilingual("The APIv3 key set at WeChat Pay, exactly 32 letters: notifications are sealed with it.",
                          "在微信支付商户平台设置的 APIv3 密钥，恰好 32 个字符，用于解密通知。"),
        default_is=Bilingual("the shop is not paid through WeChat Pay", "不通过微信支付收款"),
    ),
    Setting(
        name="WECHAT_PLATFORM_CERT_FILE", together="wechat", kind=Kind.TEXT, part="payments", example="/etc/shop/pub_key.pem",
        meaning=Bilingual("The file with WeChat Pay's platform certificates, or, with WECHAT_PUBLIC_KEY_ID, with its public key "
                          "(pub_key.pem).",
                          "微信支付平台证书文件；若设置了 WECHAT_PUBLIC_KEY_ID，则为微信支付公钥文件（pub_key.pem）。"),
        default_is=Bilingual("the shop is not paid through WeChat Pay", "不通过微信支付收款"),
    ),
    Setting(
        name="WECHAT_PUBLIC_KEY_ID", kind=Kind.TEXT, part="payments",
        meaning=Bilingual("The id of WeChat Pay's public key, like PUB_KEY_ID_…, where it signs with that instead of platform "
                          "certificates.",
                          "微信支付公钥 ID（形如 PUB_KEY_ID_…），在使用微信支付公钥而非平台证书时设置。"),
        default_is=Bilingual("platform certificates", "使用平台证书"),
    ),
    Setting(
        name="WECHAT_API_URL", kind=Kind.ADDRESS, part="payments", schemes=("https", "http"), default="https://api.mch.weixin.qq.com",
        meaning=Bilingual("The address of WeChat Pay's API.",
                          "微信支付接口的地址。"),
    ),
    Setting(
        name="TEST_PAYMENTS", kind=Kind.FLAG, part="payments", default="0",
        meaning=Bilingual("1 offers test payments at checkout beside real ones; without a real provider they are offered anyway.",
                          "1 表示在真实支付之外也提供测试支付；没有真实的支付服务商时，测试支付总会提供。"),
    ),
    # ── orders ────────────────────────────────────────────────────────────────────────────────────────────────────────
    Setting(
        name="MOST_UNPAID_ORDERS", kind=Kind.NUMBER, part="orders", default="5", least=1, most=1_000, example="10",
        meaning=Bilingual("How many unpaid orders one buyer (a member, or a guest by mail address) may have at a time, so that nobody can "
                          "keep the goods from all others. An unpaid order gives its goods back after 30 minutes.",
                          "同一买家（会员，或同一邮箱的访客）同时最多可有多少个未付款订单，以免一人占住货品。未付款订单 30 分钟后失效。"),
    ),
    Setting(
        name="MOST_UNPAID_UNITS", kind=Kind.NUMBER, part="orders", default="10000", least=1, most=100_000_000, example="500",
        meaning=Bilingual("How many pieces one buyer's unpaid orders may hold together. The default lets through the largest single line "
                          "a basket takes; a shop of rare things sets it lower.",
                          "同一买家的未付款订单合计最多可占用多少件。默认值容得下购物车单行的最大数量；卖稀缺货品的店铺可以调低。"),
    ),
    # ── search ────────────────────────────────────────────────────────────────────────────────────────────────────────
    Setting(
        name="SEARCH_URL", kind=Kind.ADDRESS, part="search", is_secret=True, schemes=("https", "http"), local_schemes=("http",),
        meaning=Bilingual("The address of an OpenSearch of your own that answers searches; the name at its end is the shop's index. "
                          "Whenever it does not answer, the database does. `http://` is taken only for this machine.",
                          "自备 OpenSearch 的地址，由它回答搜索；末尾的名称是本店索引的名称。它没有应答时由数据库回答。"
                          "`http://` 只能用于本机。"),
        default_is=Bilingual("the database answers searches", "由数据库回答搜索"),
        example="https://user:password@host:9200/shop",
    ),
    Setting(
        name="SEARCH_CA_FILE", kind=Kind.FILE, part="search", example="/etc/shop/search-ca.pem",
        meaning=Bilingual("The file with the certificate authority (PEM) that OpenSearch's certificate is checked against.",
                          "校验 OpenSearch 证书所用的证书颁发机构文件（PEM）。"),
        default_is=Bilingual("the authorities that public servers use", "公共服务器通用的颁发机构"),
    ),
    # ── watching ──────────────────────────────────────────────────────────────────────────────────────────────────────
    Setting(
        name="LOG_LEVEL", kind=Kind.CHOICE, part="logs", choices=("DEBUG", "INFO", "WARNING", "ERROR"), example="INFO",
        meaning=Bilingual("How much the log tells. INFO has a line for every request, job and batch of facts.",
                          "日志的详细程度。INFO 为每个请求、任务和每批事实各写一行。"),
        default_is=Bilingual("INFO; on a terminal WARNING", "INFO；在终端上为 WARNING"),
    ),
    Setting(
        name="LOG_FORMAT", kind=Kind.CHOICE, part="logs", choices=("json", "text"), example="json",
        meaning=Bilingual("How a line of the log looks: one JSON object, or for reading.",
                          "日志行的样式：一行一个 JSON 对象，或便于阅读的文本。"),
        default_is=Bilingual("json; on a terminal text", "json；在终端上为 text"),
    ),
    Setting(
        name="METRICS_TOKEN", kind=Kind.TEXT, part="metrics", is_secret=True,
        meaning=Bilingual("Lets another machine read /metrics and the details of /readyz, sent as `Authorization: Bearer …`.",
                          "允许其他机器读取 /metrics 和 /readyz 的细节，以 `Authorization: Bearer …` 发送。"),
        default_is=Bilingual("none: only this machine may", "无：只有本机可以读取"),
    ),
    # ── tests ─────────────────────────────────────────────────────────────────────────────────────────────────────────
    Setting(
        name="TEST_TEMPLATE", kind=Kind.TEXT, part="tests",
        meaning=Bilingual("The database that Django's own test runner copies.", "Django 自带测试运行器所复制的数据库。"),
        default_is=Bilingual("none", "无"),
    ),
    Setting(
        name="TEST_DATABASE_NAME", kind=Kind.TEXT, part="tests",
        meaning=Bilingual("The name that Django's own test runner gives its database.", "Django 自带测试运行器的数据库名。"),
        default_is=Bilingual("Django's choice", "由 Django 决定"),
    ),
)  # fmt: skip
