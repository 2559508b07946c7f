"""Statement files as the providers write them, to be filled with trades."""

from collections.abc import Sequence

ALIPAY_HEAD = (
    "#支付宝业务明细查询\r\n#账号:[20881234567890120156]\r\n#起始日期:[2026年11月20日 00:00:00]   终止日期:[2026年11月21日 00:00:00]\r\n"
    "#-----------------------------------------业务明细列表----------------------------------------\r\n"
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,"
    "支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注\r\n"
)
ALIPAY_FOOT = (
    "#-----------------------------------------业务明细列表结束------------------------------------\r\n#交易合计：1笔\r\n"
    "#导出时间:[2026年11月21日 10:00:00]\r\n"
)
WECHAT_HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n"
)
WECHAT_FOOT = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n"
    "`2,`16.45,`3.95,`0.00,`0.10000,`16.45,`3.95\r\n"
)
STRIPE_HEAD = (
    "balance_transaction_id,created_utc,available_on_utc,currency,gross,fee,net,reporting_category,source_id,description,"
    "payment_intent_id\n"
)


def alipay(*rows: str) -> bytes:
    """Return a bill of these lines, as it is downloaded: in GBK."""
    return (ALIPAY_HEAD + "".join(rows) + ALIPAY_FOOT).encode("gb18030")


def alipay_row(
    trade: str, name: str, amount: str, *, kind: str = "交易", refund: str = "", fee: str = "0.00", at: str = "2026-11-20 20:00:01"
) -> str:
    return (
        f"{trade}\t,{name}\t,{kind}\t,茶叶,2026-11-20 19:59:00,{at}, , , , ,*安(an***@example.com)\t,{amount},{amount},0.00,0.00,0.00,0.00,"
        f"0.00,,0.00\t,0.00,{refund},{fee},0.00,\r\n"
    )


def wechat(*rows: str) -> bytes:
    """Return a bill of these lines, as it is downloaded: in UTF-8 with its mark."""
    return ("\ufeff" + WECHAT_HEAD + "".join(rows) + WECHAT_FOOT).encode()


def wechat_row(
    trade: str, name: str, amount: str, *, state: str = "SUCCESS", refund: Sequence[str] = ("0", "0", "0.00", ""), fee: str = "0.10000",
    at: str = "2026-11-20 20:00:01",
) -> str:  # fmt: skip
    theirs, ours, back, how = refund
    fields = [
        at, "wx01", "1900000001", "0", "", trade, name, "oUser", "NATIVE", state, "OTHERS", "CNY", amount, "0.00", theirs, ours, back,
        "0.00",
        "ORIGINAL" if how else "", how, "茶叶, 一级", "", fee, "0.60%", amount, back, "",
    ]  # fmt: skip
    return ",".join("`" + field for field in fields) + "\r\n"


def stripe(*rows: str) -> bytes:
    """Return an itemised balance report of these lines."""
    return (STRIPE_HEAD + "".join(rows)).encode()


def stripe_row(source: str, gross: str, *, kind: str = "charge", fee: str = "0.00", intent: str = "pi_1", currency: str = "gbp") -> str:
    return f'txn_{source},2026-11-20 12:00:01,2026-11-22 00:00:00,{currency},{gross},{fee},{gross},{kind},{source},"Tea, green",{intent}\n'
