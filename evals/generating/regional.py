"""Items of the region that no national list names, and a few national ones that only plants use."""

from decimal import Decimal

from evals.generating.catalogue import Item, listed_item


def local(code: str, name: str, price: int, charge: str = "05", unit: str = "次") -> Item:
    """An item of the region that no national list names."""
    return Item(code, name, unit, charge, "01", Decimal(price))


GANGLIOSIDE = Item(
    "XN07XXQ900B001010100001", "脑苷肌肽示范注射液", "支", "09", "02", Decimal("62.00"), "2ml", "2ml"
)
MYCIN = Item("XJ01XXR900B001010100001", "示范霉素注射液", "支", "09", "02", Decimal("88.00"), "0.5g", "0.5g")
PLASMA = Item(
    "XB05AAR900B001010100001", "示范血浆蛋白注射液", "瓶", "09", "02", Decimal("300.00"), "10g", "50ml:10g"
)
OMEPRAZOLE = Item(
    "XA02BCA013B001010100001", "注射用奥美拉唑钠", "支", "09", "01", Decimal("6.40"), "40mg", "40mg"
)
ROSUVASTATIN = Item(
    "XC10AAR090A001010100001", "瑞舒伐他汀钙片", "片", "09", "01", Decimal("0.48"), "10mg", "10mg*14片"
)
MARKERS = local("412504040500000", "铁蛋白联合肿瘤标志物检测", 160, "04")
ELASTOGRAM = local("412502030900000", "血栓弹力图试验", 190, "04")
HS_CRP = local("412504010260000", "超敏C反应蛋白测定", 38, "04")
DEPTH = local("413301000140000", "麻醉深度电生理监测", 120, "06", "小时")
LEADS = local("413107010300000", "十八导联心电图检查", 40, "03")
SHOCKWAVE = local("413401000800000", "体外冲击波治疗", 120)
CT128 = local("412103000700000", "128排螺旋CT平扫", 320, "03")
FIXATION = local("413315050230000", "胫骨骨折切开复位内固定术", 1680, "06")
RECONSTRUCTION = local("412103000300000", "CT三维重建", 90, "03")
PAID_HERB = Item("T000600999", "甘草", "克", "10", "01", Decimal("0.12"))
ASSESSMENT = local("413402000600000", "言语认知评定", 150)
ENHANCED = Item(
    "002103000020000", "X线计算机体层(CT)增强扫描", "每个部位", "03", "02", Decimal(220), "", "放射科"
)
BEDSIDE_ECG = local("413107010200000", "床旁心电图检查", 36, "03")
GUIDED_PUNCTURE = local("413109050300000", "上腹部超声引导穿刺", 260)
GUIDED_EXCEPT = local("413109050310000", "超声造影剂增强检查", 180, "03")
CHEST_DRAIN = local("413106050200000", "胸腔置管引流", 220)
CHEST_TAP = local("413106050210000", "胸腔穿刺抽液", 90)
ISLET_TEST = local("413102050200000", "胰岛功能综合试验", 150, "03")
THYROID = ("t3", "t4", "ft3", "ft4", "tsh")
HIP_PARTS = ("stem", "cup", "head", "liner")
OCCUPATIONAL = local("413402000500000", "作业疗法", 42)
RESCUE = listed_item("001202000020000", "中抢救")
LOCAL_MONITOR = local("413107010220000", "心电监测（本地编码）", 5, unit="小时")
CENTRAL_WATCH = local("413107010220001", "心电监测(中央监护加收)", 2, unit="小时")
MAGNETIC = local("413401000900000", "磁疗", 60)
ASSISTANT = "闻人语"
