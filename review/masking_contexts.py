"""The company a name keeps in running text, as patterns over folded text: labels, titles, kin, beds, ends of rows."""

import re

from review.masking_letters import LETTER
from review.masking_lexicon import GIVEN, SURNAMES
from review.masking_roles import KIN_WORD, LEAD, PERSON_VERB, ROLE, TITLE

ONE = f"[{LETTER}]"
A_LETTER = re.compile(ONE)
COLON = re.compile(rf"(?<=[{LETTER}) ]):")
SEMICOLON = re.compile(r"(?:签名|姓名|签字);")
BLANKS = re.compile(r" {0,4}(?:\n ?)?")
ETHNIC = rf"{ONE}{{2,9}} ?(?:· ?{ONE}{{1,9}}){{1,3}}"
LATIN = r"[A-Z][A-Za-z'-]{1,15}(?: [A-Z][A-Za-z'-]{1,15}){1,3}"
WHOLE = re.compile(rf"{ETHNIC}|{LATIN}")
SPACED = re.compile(rf"{ONE}( {{1,3}}){ONE}(?!{ONE})(?:\1{ONE}(?!{ONE})){{0,6}}")
APART = re.compile(rf"{ONE}{{2}} {{1,3}}{ONE}{{1,2}}(?!{ONE})")  # 令狐 冲
RUN = re.compile(rf"{ONE}{{1,12}}")
A_TITLE = re.compile(TITLE)
LETTERS_END = re.compile(rf"{ONE}*$")
BESIDE = re.compile(rf" {{0,2}}[、,;]? {{0,2}}(?P<n>{ONE}{{2,4}})(?!{ONE})")
SPEAKER = re.compile(
    rf"(?P<n>{ONE}{{1,3}}(?<![由及和与请经遵向同随]))"
    rf"(?:副?主任(?:医师)?|主治(?:医师)?|住院医师|医师|医生|大夫|副?教授|护士长?)$"
)
TITLED = re.compile(rf"(?:{TITLE})(?!签|{ONE}?签名)")
TO_TITLE = re.compile(r"汇报|请示|报告|说明|反映|提出|申请")
SUFFIX = (
    r"(?:者|人员?|员|姓名|签名|签字|签章|签|医师|医生|护士长?|护师|技师|药师|主任|教授|院长|师|意见"
    r"|[(][^()\n]{0,12}[)])"
)
A_ROLE = re.compile(rf"(?:{ROLE}|{TITLE}|{KIN_WORD})(?:{SUFFIX}){{0,3}}$")
LABEL_END = re.compile(
    rf"(?:(?:[白夜早中晚前后]|小夜|大夜)班?|(?:{ROLE}|{TITLE}|{KIN_WORD})(?:{SUFFIX}){{0,3}}|{ONE}{{1,6}}(?:[者员师士]|[^病成]人|签名|签字"
    rf"|签章|姓名))$"
)
LABEL_SPACE = re.compile(
    rf"(?:(?:{ROLE}|{TITLE}|{KIN_WORD})(?:{SUFFIX}){{0,3}}|{ONE}(?:[者员师]|[^病成]人))(?: {{1,4}}"
    rf"|\n ?)(?={ONE}|[A-Z][a-z])"
)
DIRECT = re.compile(
    rf"(?:(?:{ROLE}|检查)(?:者|人员?|员|姓名|签名|签字)|姓名|签名|签字|术者|主刀|助手|[一二三ⅠⅡⅢ]助(?!手)|医师"
    rf"|医生|护士长?|护师|助产士|技师|药师|治疗师"
    rf"|教授|司机|护工|[^患或前后]者|[^医教大老军律]师|[^人成动]员|[^护女男]士|曾用名|签发|签收|主任"
    rf"|院长|所长|校长|站长|处长|局长|科长|组长|助理|部长|书记|警官|交警|辅警|(?:收费|住院|结算)处|经办|(?:调配|发药|复核|查对)(?![者人员护])"
    rf"|[^病老家本他成男女工军农为商盲常别众每主客亲个等二两三四五六七八九十数某证]人(?!员|民|工|类|体|物|数|次|份|为|力|间|均)|证人|会计|书记|工程师|律师|患者|患儿|病人|病员|产妇|死者"
    rf"|该患|村民|村医|民警|孕妇|产妇|伤员|孕产妇|{KIN_WORD}|代签人?|接生|人员"
    rf"|新生儿|翻译|代表|[主副]麻|洗手|巡回|责护|(?:实习|规培|研究|进修|学)生"
    rf"|主治(?!医|中|大))[(:“\"]?(?={ONE}{{2}}|{ONE} {ONE}(?!{ONE})|[A-Z][a-z])"
)
LED = re.compile(rf"(?:{LEAD})(?={ONE}{{2}})")
DOES = re.compile(PERSON_VERB)
BOUNDED = re.compile(rf"{ONE}{{2,3}}(?!{ONE})")
WITH_SEX = re.compile(
    rf"(?:^|入院|收治|转入|患者|患儿|病人|病员|死者|伤者|产妇|该患|[。;:]){{1}} ?(?P<n>(?!患者|患儿|病人"
    rf"|病员|死者|伤者"
    rf"|产妇|该患){ONE}{{2,4}}|{ETHNIC}) ?[,·] ?[男女](?=[,· ]|性[,,])",
    re.M,
)
WITH_KIN = re.compile(
    rf"(?<![{LETTER}])(?P<n>{ONE}{{2,4}}) ?[(](?:患者|患儿|科主任|经治|父|母|丈夫|妻|儿子|女儿|外孙|孙"
    rf"|护士|医师|医生|家属|兄|弟|姐|妹|女婿|儿媳)"
)
SPELT = re.compile(rf"姓(?P<surname>{ONE})[,, ]{{1,2}}名(?P<given>{ONE}{{1,3}})(?!{ONE})")
OF_PATIENT = re.compile(r"患者|患儿|病人|病员|该患|产妇")
RELATION = frozenset("子女妻夫父母兄弟姐妹侄孙媳婿")
IN_BRACKETS = re.compile(rf"[(“\"](?={ONE}{{2,4}} ?(?:[,、)”\"]|之))")
AFTER_NAME = (
    r" {0,2}, ?(?:孕\d|\d{1,3}岁)| {0,3}[,|·(:、] ?[男女](?![㐀-鿿]{2,})| {1,4}[男女](?![㐀-鿿])"
    r"| {1,3}[MF] | {1,2}\d\.[男女]"
    r"| {0,2}[(](?:患|男|女|其|儿|丈夫|妻|夫|父|母|子|侄|姐|妹|兄|弟|孙|外|科主任"
    r"|经治|护|医|家属|同|邻|朋|亲|\d|手机|电话|[A-Z]{1,4}\d|警|民警|工号|系|与|江|院|住|床)"
    r"| {0,2}[(:,]? ?(?:电话:?)?(?:\+?86[- ]?)?1[3-9]\d{9}"
    r"| {1,4}(?:\d{1,2}:\d\d|(?:19|20)\d\d[-./年]|\d\d-\d\d )| ?\||之[子女妻夫父母]|家属? ?[(,，]"
    r"| {1,3}[12]\.[男女]"
)
NAME = rf"(?<![{LETTER}·])(?:{ETHNIC}|{ONE}{{2,4}}|{ONE}(?P<gap> {{1,3}}){ONE}(?:(?P=gap){ONE})?)"
FIRST = re.compile(rf"(?P<n>{NAME})(?={AFTER_NAME})")
SPEAKS = re.compile(
    rf"(?:^|[\n。;:,?] ?|\d )(?P<n>{ONE}{{2,3}})(?=:(?!\d)|{PERSON_VERB}|[今昨]|自称|已[于开])", re.M
)
PAIR = re.compile(
    rf"(?<![{LETTER}])(?P<a>{ONE}{{2,3}}) ?[/→、] ?(?P<b>{ONE}{{2,3}})(?P<both>双人|[两二][人位]|共同|协助"
    rf"|陪同|参加|参与|护送|在场|到场|出席|核对|执行|配合)"
    rf"|(?<![{LETTER}])(?P<c>{ONE}{{2,3}}) ?[/→] ?(?P<d>{ONE}{{2,3}})(?![{LETTER}])"
)
BED = re.compile(
    rf"(?:床(?![边旁头]|上(?!官))(?:[位号]|患者|病人)?|\d ?[|-]|[|] ?\d{{1,3}})[:,| -]{{0,3}}(?={ONE})"
    rf"|\d{{1,2}} (?={ONE}{{2,3}} [{LETTER}])"
)
TAIL = re.compile(
    rf"(?:[。.;!)|%,] {{0,40}}| {{2,40}}|\d ?|[A-Za-z] |^ *)(?P<n>{ONE}{{2,4}}"
    rf"|{ONE}(?P<gap> {{1,3}}){ONE}(?:(?P=gap){ONE})?|{ETHNIC})(?= *$|[/、] ?{ONE}{{2,3}} *$)",
    re.M,
)
MASKED = re.compile(
    rf"(?P<n>[{''.join(sorted(SURNAMES))}](?:某{{1,2}}(?![年月日时个些种处院地天次项一])"
    rf"|[×xX*○◯□△]{{1,2}}(?![\dA-Za-z线光片型染])))"
)
ALONE = re.compile(rf"(?<![{LETTER}A-Za-z0-9])(?P<n>{ONE}{{3}}|{ETHNIC})(?![{LETTER}A-Za-z0-9%])")
BETWEEN = re.compile(
    rf" {{0,3}}[、,/;|→] {{0,2}}(?={ONE})| {{1,3}}(?={ONE}{{2,3}}(?![{LETTER}]))|[和及与](?={ONE}{{2}})"
)
LAST_OF_LINE = re.compile(rf"{ONE}{{2,3}} *(?=\n|$| {{2}})")
NEXT_IN_LIST = re.compile(rf"(?: ?[(][^()\n]{{0,12}}[)])? ?[、/→] ?(?={ONE}{{2}})")
LAST_IN_LIST = re.compile(rf"(?<![{LETTER}])(?P<n>{ONE}{{2,3}}) ?[、/→] ?$")
BEHIND = re.compile(rf" ?[(][^()\n]{{0,20}}[)]| ?(?:{TITLE})")
NEVER_SECOND = frozenset(
    "了的是不未已被把患感请查给该每些这那吗呢吧没很最较约在无将及或等到此又各有因于与为予示对后前中内外上下"
)
NEVER_ALONE = frozenset("经由同从应全及与向于随")
BODY = frozenset(
    "腹肢腔叶肺肾肝胃肠腋盲囊颈椎肌膜脑脾胰胆尿便咳痰喘氧离压脉率律射侧界坐取置扩缩肿拇趾指膝踝胸腰背臂腿足鼻耳喉牙舌"
)
NEVER = frozenset("了的不未已被把患请查给该每些这那吗呢吧没很最较")
ENDS_EARLY = frozenset("因于在诉称示说的均予将")
BEFORE_TITLE = frozenset(
    "请由经及和与据遵示日时午今昨晨夜同在随邀于向按嘱报告跟助者科为对室找院医组:是让并签家办员士师任长机诊"
)
DUTY = re.compile(
    rf"(?:审核|取血|发血|执行|上机|下机|录入|主持|翻译|核对|校对|检验|复核|采血|采样|送检|申请|接诊|记录"
    rf"|书写|值班|出诊|随访|调配|发药|已报)"
    rf"(?P<n>{ONE}{{2,3}})(?![{LETTER}])"
)
IN_PERSON = re.compile(
    rf"(?:我|本人|患者|患儿|产妇|[父母]亲|家属)[(](?P<n>{ONE}{{2,4}})[)]|[(](?P<m>{ONE}{{2,4}}), ?(?:患者"
    rf"|患儿|其)之?[{LETTER}]{{1,3}}[)]"
)
OF_A_PEOPLE = re.compile(
    rf"[藏古回吾克彝苗壮侗羌傣瑶黎]族(?:患者|病人|老人|妇女|男子"
    rf"|牧民)?(?P<n>{ONE}{{3,8}})(?=,)"
)
SHAPED = re.compile(
    rf"(?:^|[\n。;:,?!(] ?|\d )(?P<n>[{''.join(sorted(SURNAMES))}][{''.join(sorted(GIVEN))}]{{2}})", re.M
)
SENTENCE_START = re.compile(r"[^。\n]*$")
SENTENCE_END = re.compile(r"[^。\n]{0,40}")
A_DOSE = re.compile(
    r"\d ?(?:mg|ug|μg|g|ml|U|IU|片|粒|支|袋|丸|瓶|盒|枚|贴|剂|喷|滴|付|万u?)(?![A-Za-z/])|胶囊|颗粒|口服液|注射液|软膏"
    r"|滴眼液|他汀|沙坦|地平|洛尔|霉素|西林|沙星|拉唑|量表|问卷|试验|抗体"
)
# What names of the minorities are made of; a row of them is a name wherever it stands.
_SYLLABLES = (
    "阿依|古丽|买买提|麦麦提|买提|吐尔|吐逊|尔逊|艾力|艾合|艾买|热依|热合|努尔|木拉|木沙|依明|依布|阿卜|阿不|阿布|都拉|都热|热孜|孜古|祖丽|夏提|夏姆|汗古|帕提|玛丽|米娜|亚森|玉素|托合|卡德|哈力|巴哈"
    "|巴图|巴特|其其|格日|日勒|乌兰|那仁|图雅|苏和|宝音|朝鲁|娜仁|萨仁|斯琴|高娃|毕力|阿拉|腾格|卓玛|扎西|次仁|多吉|旺堆|旺姆|央金|央宗|拉姆|达瓦|尼玛|桑杰|桑珠|格桑|索南|才让|仁青|仁增|洛桑|丹增|丹巴|顿珠|平措|白玛|德吉"
    "|曲珍|曲扎|益西|罗布|巴桑|贡布|强巴|旦增|措姆|吉克|阿木|木呷|日哈|尔古|尔布|阿牛|沙马|吉木|马海|曲木|曲比|伍呷|尔哈|子布|惹|呷"
)
OF_MINORITIES = re.compile(
    rf"(?<![{LETTER}]阿)(?P<n>(?:{_SYLLABLES}){{2,5}}|(?<![{LETTER}])(?:{_SYLLABLES}){ONE}{{1,2}}(?![{LETTER}]))(?![兰索普莫])"
)
CALLED = re.compile(
    rf"(?:小名|乳名|大名|昵称|曾用名|又名|别名|化名|绰号|外号|原名|本名|真名|学名)"
    rf"(?:叫|为|是)? ?[:(“\"‘']{{0,2}} ?(?P<n>{ONE}{{2,4}})"
    rf"(?![{LETTER}])"
)
PARENT_OF = re.compile(
    rf"(?P<n>(?P<one>(?![妈爸奶爷婆公哥姐弟妹叔伯宝娃]){ONE})(?P=one)|(?<![{LETTER}]){ONE}{{2,3}}(?=[(]))"
    rf"(?=妈妈?|爸爸?|奶奶|爷爷|外婆|外公|[(](?:大名|小名|乳名|学名|原名|曾用名|又名))"
)
