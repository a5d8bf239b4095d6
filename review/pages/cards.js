// The findings on the right: one open card, the others one line each, and what was not checked.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const ROWS = 4;
  const LONGEST = 60, LONG_MESSAGE = 96;  // letters: what goes beyond is cut; a message of about three lines
  mj.VERDICTS = {confirm: ['✓', '确认'], reject: ['✕', '不成立'], ask: ['…', '待补材料'], seen: ['●', '看过'], undo: ['', '撤销']};

  mj.cards = function (page, act) {
    const head = el('header', {class: 'cards-head'});
    const list = el('div', {class: 'scroll cards', tabindex: '0', 'aria-label': '疑点'});
    const root = el('div', {class: 'cards-column'}, head, list);
    let opened = {};
    // on a tablet the findings lie below the record and are drawn up or down
    head.addEventListener('pointerdown', ({clientY: from}) => {
      document.addEventListener('pointerup', ({clientY: to}) => { if (Math.abs(to - from) > 30) act.tall(to < from); }, {once: true});
    });

    function draw(cas, active, now) {
      const outcomes = cas.outcomes, missing = outcomes.not_checked.length + outcomes.failed.length;
      head.replaceChildren(el('button', {class: 'sheet-handle', 'aria-label': '疑点栏拉高或放低', on: {click: () => act.tall()}}), el('b', {class: 'strong'}, `疑点 ${cas.findings.length}`),
        el('button', {class: 'pill', on: {click: () => jump()}}, `未检查 ${missing} `, mj.kbd('U')),
        el('span', {class: 'push small muted'}, mj.kbd('J'), ' ', mj.kbd('K'), ' 换疑点　', mj.kbd('Z'), ' 撤销'));
      const at = list.scrollTop;
      list.replaceChildren(...cas.findings.map((one, n) => n === active ? open(one, n, cas, now) : line(one, n, cas)),
        cas.findings.length ? '' : nothing(cas), unchecked(cas), mj.readingOfStay(cas, act.go) || '');
      list.scrollTop = at;
    }
    function line(one, n, cas) {
      return el('button', {class: 'card closed' + (one.gone ? ' gone' : ''), data: {finding: one.id},
        on: {click: () => act.choose(n)}}, title(one, 'h3'),
        el('p', {class: 'small muted cut'}, relation(one, cas) || one.subtitle));
    }
    function title(one, tag) {
      const amount = one.decision && one.decision.amount !== null && one.decision.amount !== undefined ? one.decision.amount : one.amount;
      return el('header', {}, mj.family(one.family), el(tag, {class: 'cut'}, one.title), one.decision ? verdict(one)
        : mj.certainty(one.certainty, one.certainty_name),
        el('span', {class: 'push yuan number' + (amount === null ? ' small muted' : ' strong')}, amount === null ? '不计金额' : mj.yuan(amount) + ' 元'));
    }
    const verdict = (one) => el('span', {class: 'verdict small ' + one.decision.verdict}, mj.VERDICTS[one.decision.verdict].join(' '));
    function relation(one, cas) {
      if (one.gone) return '新规则下不再提示';
      const carrier = cas.findings.find((other) => other.id === one.counted_in);
      return carrier ? `与“${carrier.title}”同一笔费用，不重复计` : '';
    }

    function open(one, n, cas, now) {
      const sides = [['for', '支持疑点', '没有列出证据。'], ['against', '不支持疑点', '未找到不支持的证据，可在附言里写明。']];
      return el('article', {class: 'card open', data: {finding: one.id}, 'aria-current': 'true'}, title(one, 'h2'),
        el('p', {class: 'small muted'}, one.subtitle, ' · ', el('span',
          {class: 'code'}, one.origin === 'expert' ? '须两人一致才成立' : one.check), one.origin === 'rule' || one.origin === 'expert' ? '' : ' · 来源：' + one.origin),
        mj.pairBand(one, cas, act),
        one.gone ? el('p', {class: 'notice small'}, '新规则下不再提示；您的决定保留。') : null,
        message(one),
        one.compare ? el('button', {class: 'pill compare-of', on: {click: act.compare}}, {documents: '并排对照两份文书', reports: '并排对照两份报告', versions: '并排对照前后两版'}[one.compare], ' ', mj.kbd('C')) : null,
        sides.map(([says, name, none]) => side(one, says, name, none, now)),
        one.hidden ? el('p', {class: 'notice small'}, `${one.hidden} 处引文与原文不一致，已隐去。` + (one.evidence.length ? `其余 ${one.evidence.length} 处一致。` : '')) : null,
        details(one, cas),
        act.hearing(one, cas),
        mj.knownAnswer(one, act.plant),
        mj.readingOf(one, cas, act.go));
    }
    function message(one) {
      const words = el('p', {class: 'message' + (opened[one.id] ? '' : ' short')}, one.message);
      if (one.message.length < LONG_MESSAGE) return words;
      return [words, el('button', {class: 'link small more', on: {click: () => { opened[one.id] = !opened[one.id]; act.redraw(); }}}, opened[one.id] ? '收起' : '展开')];
    }
    function side(one, says, name, none, now) {
      const all = one.evidence.filter((item) => item.says === says);
      const whole = opened[one.id + says];
      const at = Math.max(0, all.indexOf(now));
      const from = whole ? 0 : Math.min(Math.max(0, at - ROWS + 1), Math.max(0, all.length - ROWS));
      const rows = whole ? all : all.slice(from, from + ROWS);
      const more = all.length - rows.length;
      return [el('h4', {class: 'side ' + says}, name, el('span', {}, all.length ? `${all.length} 处` : '')),
        all.length ? el('ul', {class: 'evidence'}, rows.map((item) => row(item, item === now, one.compare && item.says === 'for'))) : el('p', {class: 'small muted none'}, none),
        more || (whole && all.length > ROWS) ? el('button', {class: 'link small more',
          on: {click: () => { opened[one.id + says] = !whole; act.redraw(); }}}, more ? `另 ${more} 处` : '收起') : null];
    }
    function row(item, on, beside) {
      const words = item.quote.replace(/\s+/g, ' ');
      const quote = words.length > LONGEST ? words.slice(0, 34) + '……' + words.slice(-22) : words;
      const where = [item.title, item.place ? (item.page ? `第 ${item.page} 页` : '') : item.told || item.source, item.at ? item.at.slice(5, 16) : '',
        item.confidence !== null ? `识别 ${Number(item.confidence).toFixed(2)}` : ''].filter(Boolean).join(' · ');
      return el('li', {}, el('button', {class: on ? 'on' : '', data: {mark: item.mark}, title: item.place || item.row ? '' : '这一处不在本页的表里',
        on: {click: () => act.look(item)}},
        el('span', {class: 'n ' + item.says}, item.mark), el('span', {class: 'words'}, '「' + quote + '」', el('cite', {}, where))),
      beside ? el('button', {class: 'beside link small', title: '并排对照（C）', on: {click: act.compare}}, '对照') : null);
    }
    function details(one, cas) {
      const rows = [];
      if (one.overturned_by.length) rows.push(['什么能推翻', one.overturned_by.join('；')]);
      rows.push([['依据 ', mj.kbd('B')], one.basis.map((clause) => el('div', {}, el('button', {class: 'link',
        on: {click: act.basis}}, `${clause.document} ${clause.passage}`),
        el('div', {class: 'small muted'}, inForce(clause))))]);
      if (one.amount !== null) rows.push([['金额 ', mj.kbd('E')], amounts(one, cas)]);
      if (one.files && one.files.length) rows.push(['附件', mj.filesOf(one, cas)]);
      if (one.lowered_by.length) rows.push(['为何不更确定', one.lowered_by.join('；')]);
      return el('dl', {}, rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)]));
    }
    function inForce(clause) {
      const span = clause.in_force_from ? `${clause.in_force_from} 起施行` + (clause.in_force_to ? `，至 ${clause.in_force_to}` : ' · 住院当日有效') : '';
      return [span, clause.note || ''].filter(Boolean).join(' · ');
    }
    function amounts(one, cas) {
      const chosen = one.draft || (one.decision && one.decision.amount) || '';
      const options = mj.amountOptions(one);
      const typed = chosen && !options.some((option) => Number(option.amount) === Number(chosen));
      return [el('div', {class: 'options'}, options.map((option) => el('button',
        {class: 'option', 'aria-pressed': String(chosen ? Number(option.amount) === Number(chosen) : option.first),
          on: {click: () => act.amount(option.first ? '' : String(option.amount))}},
        `${option.label} ${mj.yuan(option.amount)}`)), typed ? el('span', {class: 'option', 'aria-pressed': 'true'}, `另定 ${mj.yuan(chosen)}`) : null),
      el('div', {class: 'small muted'}, [one.fund_amount !== null ? `其中基金 ${mj.yuan(one.fund_amount)}` : '', relation(one, cas) || '同笔费用只计一次', one.lines ? `${one.lines} 条费用` : ''].filter(Boolean).join(' · '))];
    }

    function nothing(cas) {
      const outcomes = cas.outcomes;
      return el('article', {class: 'card open none'}, el('h2', {}, '未见疑点'),
        el('p', {}, `${outcomes.all.length} 项检查：未见 ${outcomes.clear}，不适用 ${outcomes.not_applicable}，`, el('b',
          {class: 'strong'}, `未检查 ${outcomes.not_checked.length}`), '。'),
        el('p', {class: 'small muted'}, '未检查不等于没有问题。仍可选中病历里的文字，按 ', mj.kbd('+'), ' 自行提出疑点。'),
        el('div', {class: 'pair'}, el('button', {class: 'btn', on: {click: act.seen}}, mj.kbd('Enter'), cas.seen ? '已看过，下一例' : '看过，下一例'),
          cas.may_decide ? el('button', {class: 'btn', on: {mousedown: (e) => e.preventDefault(), click: act.propose}}, mj.kbd('+'), '提出疑点') : null));
    }
    function unchecked(cas) {
      const {failed, not_checked: missing, clear, not_applicable: other, all} = cas.outcomes;
      return el('section', {class: 'unchecked', tabindex: '-1', 'aria-label': '未检查'},
        el('h3', {}, `未检查 ${missing.length + failed.length}`, el('span', {class: 'small muted'}, '缺资料，不等于没有问题')),
        failed.map((one) => el('p', {class: 'small'}, el('b', {class: 'strong'}, one.title), ' 检查出错，已记录，不算未见。')),
        missing.map((one) => el('p', {class: 'small'}, el('b', {}, one.title), '　', one.reason.startsWith('缺') ? one.reason : '缺：' + one.reason)),
        cas.faults.map((fault) => el('p', {class: 'small'}, el('b', {}, '读取问题'), `　${fault.file.split('/').pop()} ${fault.place}：${fault.problem}；${fault.remedy}`)),
        el('details', {}, el('summary', {class: 'small muted'}, `另：未见 ${clear} 项 · 不适用 ${other} 项`), el('table', {class: 'outcomes small'},
          all.map((one) =>
          el('tr', {}, el('td', {class: 'code'}, one.check), el('td', {}, one.title),
            el('td', {}, {found: '疑点', clear: '未见', not_applicable: '不适用', not_checked: '未检查', failed: '出错'}[one.outcome]), el('td',
              {class: 'muted'}, one.reason))))));
    }
    function jump() {
      const section = list.querySelector('.unchecked');
      section.scrollIntoView({block: 'start'});
      section.focus({preventScroll: true});
    }
    return {root, draw, jump, reset() { opened = {}; list.scrollTop = 0; }, reveal() {
      const card = list.querySelector('.card.open');
      if (!card) return;
      const box = list.getBoundingClientRect(), at = card.getBoundingClientRect();
      if (at.top < box.top || at.top > box.bottom - 120) list.scrollTop += at.top - box.top - 10;
    }};
  };
  mj.amountOptions = (one) => [{label: one.options.length ? '全部' : '金额', amount: one.amount, first: true}, ...one.options];

  mj.loaded.add('cards');
})(window.mingjian ||= {loaded: new Set()});
