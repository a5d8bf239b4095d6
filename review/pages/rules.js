// 规则: coverage bars of the two national lists, the checks and the lists in tables, and on the right one of them in full.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const STATES = {运行: 'done', 缺表: 'fault', 缺检查: 'none', 需人工: 'ask', 停用: 'none', 有误: 'fault', 已启用: 'done', 已改动: 'ask', 未启用: 'none'};
  const SAYS = {运行: '可检查', 缺表: '有检查，缺规则表', 缺检查: '尚无检查', 需人工: '病历和费用里看不出'};
  const VIEWS = [['checks', '检查'], ['classes', '两库规则类'], ['problems', '典型问题'], ['own', '自有规则']];
  const FAMILIES = [['admission', '住院'], ['charges', '收费'], ['documents', '文书']];
  const KEYS = [['规则', [['/', '搜索'], ['J K', '下一行、上一行'], ['1 2 3 4', '检查、规则类、典型问题、自有规则']]], ['页面', [['D', '深色或浅色'], ['?', '本表'], ['Esc', '清除筛选']]]];
  const state = (words) => el('span', {class: 'state ' + (STATES[words] || '')}, words);

  mj.page_rules = async function (page) {
    const S = {about: null, view: 'checks', state: '', family: '', words: '', at: '', token: 0, inspection: new URLSearchParams(location.search).get('inspection') || '', folder: ''};
    const main = el('section', {class: 'covered'}), detail = el('aside', {class: 'scroll panel detail', tabindex: '0', 'aria-label': '说明'});
    const search = el('input', {class: 'field', placeholder: '搜索名称、编号', 'aria-label': '搜索', maxlength: 100});
    const day = el('input', {class: 'field day', 'aria-label': '依据日', maxlength: 10, placeholder: '年-月-日'}), region = el('select', {class: 'switch', 'aria-label': '地区'});
    const wrong = el('p', {class: 'notice', role: 'alert', hidden: true}), table = el('div', {class: 'scroll panel listing'}), pills = el('div', {class: 'pills'}), bars = el('div', {});
    page.showKeys = () => mj.keysDialog(page, KEYS);

    async function load() {
      const mine = ++S.token, reply = await mj.ask(page, 'open_rules', {as_of: day.value, region: region.value, inspection: S.inspection});
      if (mine !== S.token) return false;
      wrong.hidden = Boolean(reply && !reply.problem);
      wrong.textContent = reply ? reply.problem || '' : '没有读出来，请重试。';
      if (!reply || reply.problem) return false;
      S.about = reply;
      S.inspection = reply.inspection;
      const own = await mj.ownRules(page, S.inspection);
      S.folder = own.folder;
      S.about.own = own.rules;
      S.about.checks.sort((a, b) => a.code < b.code ? -1 : 1);
      return true;
    }
    async function again() { table.classList.add('stale'); const read = await load(); table.classList.remove('stale'); if (read) { draw(); if (S.at) open(S.at, true); } }

    function drawBars() {
      const row = (name, counts, view) => {
        const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
        return [el('button', {class: 'link', on: {click: () => look(view)}}, `${name} ${total}`), el('span', {class: 'cover', role: 'img', 'aria-label': Object.entries(counts).map(([words, n]) => `${words} ${n}`).join('，')},
          Object.entries(counts).map(([words, n]) => n ? el('i', {class: STATES[words], style: `flex-grow:${n}`, title: `${words} ${n}`}) : null)), el('span', {class: 'number strong'}, `${counts['运行']} / ${total}`)];
      };
      const wanting = S.about.wanting, gain = new Set(wanting.flatMap((one) => [...one.classes.map((n) => 'c' + n), ...one.problems.map((n) => 'p' + n)])).size;
      bars.replaceChildren(el('section', {class: 'panel bars'}, el('div', {class: 'rows'}, row('两库规则类', S.about.counts.classes, 'classes'), row('典型问题', S.about.counts.problems, 'problems')),
        el('p', {class: 'small legend'}, Object.entries(SAYS).map(([words, says]) => el('span', {}, el('i', {class: 'cover-key ' + STATES[words]}), says))),
        wanting.length ? el('details', {class: 'small'}, el('summary', {}, `补上 ${wanting.length} 张表，可再检查 ${gain} 项：看缺什么`), el('ul', {class: 'wanting'}, wanting.map((one) => el('li', {}, el('b', {class: 'strong'}, one.says),
          el('span', {class: 'muted'}, [one.classes.length ? `规则类 ${one.classes.join('、')}` : '', one.problems.length ? `典型问题 ${one.problems.join('、')}` : ''].filter(Boolean).join('；')), el('span', {}, '由此收入：' + (one.brought_by || '当地规则表'))))),
        S.about.person.pages.includes('library') ? el('p', {}, el('a', {href: '/library'}, '去“依据”页添加文件')) : null) : null));
    }
    const all = () => S.about[S.view];
    const isList = () => S.view === 'classes' || S.view === 'problems';
    const id = (one) => isList() ? String(one.number) : one.code;
    const families = (one) => isList() ? one.families : [one.family];
    const ctx = () => ({may: S.about.may_change, inspection: S.inspection, as_of: day.value, region: region.value, regions: S.about.regions, here: (S.about.regions.find((one) => one.name.includes(' ')) || {}).code, changed: again});
    function fits(one, but) {
      const text = [one.name, one.code, one.number, one.group, one.violation, ...(one.violations || []), ...(Array.isArray(one.checks) ? one.checks : [])].filter(Boolean).join(' ').toLowerCase();
      return (but === 'state' || !S.state || one.state === S.state) && (but === 'family' || !S.family || families(one).includes(S.family)) && S.words.toLowerCase().split(/\s+/).every((word) => text.includes(word));
    }
    function drawPills() {
      const pill = (name, value, label, n) => el('button', {class: 'pill', 'aria-pressed': String(S[name] === value), on: {click: () => { S[name] = S[name] === value ? '' : value; drawPills(); drawTable(); }}}, label, ' ', String(n));
      const tab = ([view, name]) => el('button', {class: 'tab', 'aria-pressed': String(S.view === view), on: {click: () => look(view)}}, `${name} ${S.about[view].length}`);
      pills.replaceChildren(el('span', {class: 'tabs', role: 'group', 'aria-label': '看哪一张表'}, VIEWS.map(tab)), ...[...new Set(all().map((one) => one.state))].map((words) => [words, all().filter((one) => one.state === words && fits(one, 'state')).length])
        .filter(([words, n]) => n || S.state === words).map(([words, n]) => pill('state', words, words, n)), ...FAMILIES.map(([code, name]) => pill('family', code, name, all().filter((one) => families(one).includes(code) && fits(one, 'family')).length)));
    }
    function drawTable() {
      const shown = all().filter((one) => fits(one));
      if (S.view === 'own' && !all().length) { table.replaceChildren(mj.ownHelp(S.folder)); return; }
      if (!shown.length) { table.replaceChildren(el('div', {class: 'empty'}, el('p', {}, '没有符合的。'), el('button', {class: 'btn', on: {click: reset}}, '清除筛选'))); return; }
      const heads = S.view === 'checks' ? ['', '编号', '名称', '状态', '疑点', '违规类型，或缺什么'] : S.view === 'own' ? ['', '文件', '名称', '状态', '说明'] : ['', '号', '名称', '状态', '检查或缺什么'];
      table.replaceChildren(el('table', {class: 'list'}, el('thead', {}, el('tr', {}, heads.map((name) => el('th', {}, name)))), el('tbody', {}, shown.map(row))));
    }
    function row(one) {
      const about = !isList() ? one.missing.length ? '缺' + one.missing.map((gone) => gone.says).join('、') : one.violation : one.state === '运行' ? one.checks.join('、') : one.reason;
      return el('tr', {class: id(one) === S.at ? 'on' : '', data: {id: id(one)}, on: {click: () => open(id(one))}}, el('td', {}, families(one).map(mj.family)), el('td', {class: 'code'}, id(one)),
        el('td', {}, el('button', {class: 'name', 'aria-current': id(one) === S.at ? 'true' : null}, one.name), isList() ? el('span', {class: 'small muted'}, one.group) : null),
        el('td', {}, state(one.state)), S.view === 'checks' ? el('td', {class: 'number'}, S.inspection ? String(one.hits) : '—') : null, el('td', {class: 'small muted'}, about));
    }
    function draw() { drawBars(); drawPills(); drawTable(); }
    function look(view) { Object.assign(S, {view, at: '', state: '', family: ''}); draw(); table.scrollTop = 0; choose(); }
    function reset() { Object.assign(S, {state: '', family: '', words: ''}); search.value = ''; drawPills(); drawTable(); }
    function choose() { const first = all().filter((one) => fits(one))[0]; if (first) open(id(first)); }

    async function open(at, same) {
      S.at = at;
      table.querySelectorAll('tr[data-id]').forEach((node) => node.classList.toggle('on', node.dataset.id === at));
      history.replaceState({}, '', `/rulebook?${new URLSearchParams({list: S.view, at, ...(S.inspection ? {inspection: S.inspection} : {})})}`);
      const one = all().find((other) => id(other) === at);
      if (!one) { detail.replaceChildren(); return; }
      if (S.view === 'own') { detail.replaceChildren(head(one), mj.ownDetail(page, one, ctx())); detail.scrollTop = 0; return; }
      if (S.view !== 'checks') { drawEntry(one); return; }
      if (!same) detail.replaceChildren(head(one), el('p', {class: 'muted'}, '正在读取…'));
      const reply = await mj.ask(page, 'open_check', {code: at, as_of: day.value, region: region.value, inspection: S.inspection});
      if (S.at !== at || S.view !== 'checks') return;
      if (!reply || reply.problem) { detail.replaceChildren(head(one), el('p', {class: 'notice'}, reply ? reply.problem : '没有读出来，请重试。')); return; }
      drawCheck(reply);
    }
    const head = (one) => el('header', {}, el('h2', {}, families(one).map(mj.family), ' ', one.name), el('p', {class: 'small muted'}, el('span', {class: isList() ? '' : 'code'}, !isList() ? one.code : `第 ${one.number} ${S.view === 'classes' ? '类' : '项'}`), ' ',
      one.certainty ? mj.certainty(one.certainty, one.certainty_name) : one.group || '', ' ', state(one.state), one.limits ? el('span', {class: 'push'}, mj.ruleParts.power(page, one, ctx())) : ''));
    const part = (name, ...content) => [el('dt', {}, name), el('dd', {}, content)];
    const list = (lines) => lines.length ? el('ul', {}, lines.map((line) => el('li', {}, line))) : el('span', {class: 'muted'}, '未列出');
    const held = (one) => el('li', {}, one.says, ' ', one.rows ? el('button', {class: 'link rows-of', on: {click: () => mj.ruleRows(page, one, ctx())}}, `${one.rows.toLocaleString()} 行`) : el('span', {class: 'lack'}, one.known === false ? '本系统尚无这张表' : '没有有关的行'),
      !one.rows && one.brought_by ? el('div', {class: 'small muted'}, '由此收入：' + one.brought_by) : null);

    function drawCheck(one) {
      const covers = (view, lines, name) => lines.length ? el('p', {}, name, '：', lines.map((line, n) => [n ? '、' : '', el('button', {class: 'link', title: line.name, on: {click: () => { look(view); open(String(line.number)); reveal(); }}}, String(line.number))])) : null;
      detail.replaceChildren(head(one), el('dl', {}, part('查什么', el('p', {}, one.why), el('p', {class: 'small muted'}, '属于：' + one.violation + '；按' + one.scope + '看')), one.says ? part('疑点写法', one.says) : null,
        part('用到', el('span', {class: 'chips'}, one.reads.map((name) => el('span', {class: 'pill'}, name)), one.clock ? el('span', {class: 'pill'}, '费用发生时刻') : null), one.tables.length ? el('ul', {class: 'held'}, one.tables.map(held)) : null),
        part('正当情形', list(one.exceptions)), part('能推翻', list(one.overturned_by)), part('依据', one.basis.map(basis)),
        part('参数', mj.ruleParts.limits(page, one, ctx())), part('本次结果', mj.ruleParts.result(one)), part('例子', mj.ruleParts.cases(one)), part('改动', mj.ruleParts.history(one)),
        part('对应', covers('classes', one.covers.classes, '两库规则类'), covers('problems', one.covers.problems, '典型问题'), one.covers.classes.length + one.covers.problems.length ? null : el('span', {class: 'muted'}, '不在两张清单里'))));
      detail.scrollTop = 0;
    }
    function basis(clause) {
      const words = clause.held ? clause.in_force === false ? '当日不在施行期内' : clause.digest ? '本系统摘要' : '' : '库中没有原文';
      return el('details', {class: 'basis'}, el('summary', {}, el('b', {class: 'strong'}, clause.document), ` ${clause.passage} `, el('span', {class: 'small muted'}, [clause.from ? clause.from + ' 起' : '', words].filter(Boolean).join(' · '))), mj.clause(clause));
    }
    function drawEntry(one) {
      const open_check = (code) => { look('checks'); open(code); reveal(); };
      detail.replaceChildren(head(one), el('dl', {}, part('状态', SAYS[one.state] + (one.reason ? `：${one.reason}` : '')), one.violations.length ? part('违规类型', one.violations.join('、')) : null,
        part('检查', one.checks.length ? el('ul', {}, one.checks.map((code) => el('li', {}, el('button', {class: 'link', on: {click: () => open_check(code)}}, code, ' ', (S.about.checks.find((other) => other.code === code) || {}).name || '')))) : el('span', {class: 'muted'}, '尚无检查')),
        one.tables.length ? part('规则表', el('ul', {class: 'held'}, one.tables.map(held))) : null), one.state === '缺表' && S.about.person.pages.includes('library') ? el('p', {}, el('a', {class: 'btn', href: '/library'}, '去“依据”页添加文件')) : '');
      detail.scrollTop = 0;
    }
    function reveal() { const on = table.querySelector('tr.on'); if (on) on.scrollIntoView({block: 'center'}); }
    function step(by) {
      const shown = all().filter((one) => fits(one)), at = shown.findIndex((one) => id(one) === S.at), next = shown[at < 0 ? 0 : at + by];
      if (next) { open(id(next)); const on = table.querySelector('tr.on'); if (on) on.scrollIntoView({block: 'nearest'}); }
    }

    page.root.replaceChildren(el('div', {}), el('div', {}), el('div', {class: 'empty'}, '正在核对规则表…'));
    const wanted = new URLSearchParams(location.search);
    if (!await load()) { page.root.replaceChildren(el('div', {class: 'empty'}, wrong.textContent)); return; }
    day.value = S.about.as_of;
    region.append(...S.about.regions.map((one) => el('option', {value: one.code}, one.code ? '全国 + ' + one.name : one.name)));
    main.append(el('header', {class: 'page-head'}, el('h1', {}, '规则'), el('span', {class: 'small muted'}, `${S.about.checks.length} 项检查 · 版本 ${S.about.version}`), el('span', {class: 'push controls'}, el('label', {class: 'small muted'}, '依据日 ', day), region, search)), wrong, bars, pills, table);
    S.about.onSwitch = (key) => { S.inspection = key; again(); };
    mj.frame(page, S.about, el('main', {class: 'rules'}, main, detail));
    day.addEventListener('change', again);
    region.addEventListener('change', again);
    search.addEventListener('input', () => { S.words = search.value.trim(); drawPills(); drawTable(); });
    search.addEventListener('keydown', (e) => { if (e.key === 'Escape') { e.preventDefault(); reset(); search.blur(); } if (e.key === 'Enter') { choose(); search.blur(); } });
    Object.assign(page.keys, {Slash: () => search.focus(), KeyJ: () => step(1), KeyK: () => step(-1), Digit1: () => look('checks'), Digit2: () => look('classes'), Digit3: () => look('problems'), Digit4: () => look('own'), KeyD: () => mj.toggleTheme(), Escape: reset, 'Shift+Slash': page.showKeys});
    if (VIEWS.some(([view]) => view === wanted.get('list'))) S.view = wanted.get('list');
    draw();
    if (wanted.get('at') && all().some((one) => id(one) === wanted.get('at'))) { open(wanted.get('at')); reveal(); } else choose();
  };

  mj.loaded.add('rules');
})(window.mingjian ||= {loaded: new Set()});
