"""The tables that say what an item is, rather than what holds of it: here, the map from local to reference codes.

Written as `knowledge.rows.tables` declares its tables.
"""

CATALOGUE_CHOICES = {"quality": "same narrower wider"}
CATALOGUE_TABLES = (
    (
        "item_map",
        "地方或院内项目对应的国家项目；quality 说院内项目与之相同、较窄还是较宽；ref_code15 为空即已查明没有对应项目",
        "local_code:text local_name:text! hospital:text ref_code15:code ref_name:text quality:choice!",
        "hospital local_code local_name",
    ),
)
