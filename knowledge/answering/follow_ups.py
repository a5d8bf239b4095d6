"""Whether a question leans on what was asked before it: "怎么罚" after "挂床怎么认定" does, a whole question does not.

A whole question read together with the one before it would look for both.
"""

import re

SHORT = 4  # letters of content with which a question rarely stands alone
_LEANS = re.compile(
    r"^(?:那|那么|然后|还有|另外|再|而|但|如果|要是|换成|换做|为什么|为啥|凭什么)|[这那]种|[这那]个|[这那]样|[这那]些|[这那]条|[这那]时|它|其中|上述|上面|前面"
    r"|刚才|同样|一样|该(?:条|项|情形|行为)|呢[？?。]?$|也(?:是|要|算|能|得|罚)"
)
_ASIDE = re.compile(
    r"请问|麻烦|一下|到底|究竟|是不是|能不能|可不可以|可以吗|行不行|怎么样|怎么|如何|多少|哪些|哪个|哪里|什么|有没有|几|咋|啥|吗|呢|吧|呀|啊|的|了|是|要|会|得"
)
_LETTER = re.compile(r"[㐀-鿿A-Za-z0-9]")


def leans_on(question: str) -> bool:
    """True where the question points back, or says too little to stand alone."""
    return bool(_LEANS.search(question.strip())) or len(_LETTER.findall(_ASIDE.sub("", question))) < SHORT
