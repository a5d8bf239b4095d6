// 审核: holds the state of the page and wires queue, timeline, record, cards, decisions and keys together.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const KEYS = [
    ['决定', [['1', '确认'], ['2', '不成立'], ['3', '待补材料'], ['Z', '撤销上一步'], ['Shift Z', '重做'], ['E', '改金额'], ['R', '理由'], ['N', '附言'], ['+', '自行提出：先选中文字或明细']]],
    ['移动', [['J K', '下一个、上一个疑点'], ['Space', '下一处证据'], ['Shift Space', '上一处证据'], ['] [', '下一例、上一例'], ['/', '搜索'], ['G', '跳到第几例']]],
    ['病历', [['Q W', '前、后一份文书'], ['T', '时间线全部'], ['Shift T', '按日或全程'], ['A', '入院标准'], ['O', '文字或原页'], ['= -', '原页放大、缩小'], ['PgUp PgDn', '原页翻页'], ['F', '费用明细']]],
    ['对照', [['C', '并排对照'], ['M', '全院雷同图'], ['V', '体征图'], ['Q W', '对照时：换处'], ['L', '对照时：同步或各自滚动']]],
    ['查阅', [['B', '依据'], ['U', '未检查'], ['D', '深色或浅色'], ['?', '本表'], ['Esc', '关闭']]],
  ];

  mj.page_review = async function (page) {
    const S = {cas: null, about: null, active: 0, now: null, allLanes: false, step: 0, note: '', reason: '', turn: 0};
    const finding = () => S.cas && S.cas.findings[S.active];
    const queue = mj.queue(page, pick, narrowed);
    const record = mj.record(page, mj.stayViews(page, {S, finding, look, go, openCase}));
    const deciding = mj.deciding(page, {S, queue, finding, redraw, choose, openCase, stay, walk: () => walk(1), propose: () => proposing.begin()});
    const proposing = mj.proposing(page, {S, record, asking: deciding.asking, say: deciding.say, openCase, recount: deciding.recount});
    page.proposes = () => record.marked().length > 0;
    const stage = mj.stage(page, {S, finding, openCase, choose, go, address: () => S.cas && address(true)});
    const cards = mj.cards(page, {choose, hearing: mj.hearing(page, redraw), compare: () => stage.compare(), look, go, redraw, basis, seen: deciding.seen, propose: () => proposing.begin(), tall: (up) => body.classList.toggle('tall', up), rule: deciding.rule, plant: async (one, verdict) => { const told = await mj.ask(page, 'plant', {case: S.cas.key, finding: one.id, verdict}); if (told && told.ok) one.known = verdict; else deciding.say(told ? told.problem : '没有存上，请重试。', true); redraw(); }, rulings: () => mj.rulingsDialog(page, S.about.inspection, openCase), amount: (given) => deciding.setAmount(given, false)});
    const head = el('div', {class: 'case-head'});
    const lanes = el('div', {class: 'panel timeline scroll', tabindex: '0', role: 'group', 'aria-label': '时间线，方向键逐日看'});
    const middle = el('section', {class: 'middle'}, head, lanes, record.root);
    const drawer = el('aside', {class: 'drawer', 'aria-label': '依据', tabindex: '-1', hidden: true});
    const right = el('div', {class: 'right'}, cards.root, deciding.root);
    const body = el('main', {class: 'review'}, queue.root, middle, right, stage.root, drawer);
    page.onBack = deciding.again;
    page.showKeys = () => mj.keysDialog(page, KEYS);

    // the inspection ----------------------------------------------------------------------------------------
    async function begin() {
      const wanted = new URLSearchParams(location.search);
      const about = await mj.ask(page, 'open_queue', Object.fromEntries(wanted));
      if (!about || about.problem) { failed(about); return; }
      S.about = about;
      about.onSwitch = (key) => { location.href = '/?inspection=' + encodeURIComponent(key); };
      mj.frame(page, about, body);
      body.prepend(el('button', {class: 'btn open-queue', on: {click: () => body.classList.toggle('with-queue')}}, '病例'));
      if (!about.rows) { waitForRun(about); return; }
      queue.set(about.rows, about);
      queue.begin(wanted);
      deciding.resume();
      const row = queue.row(wanted.get('case')) || queue.first() || (queue.narrowed() ? null : about.rows.find((one) => one.group !== 2) || about.rows[0]);
      if (row) { await openCase(row.key, wanted.get('finding'), true); stage.open(wanted.get('view'));
        if (wanted.get('case') && row.key !== wanted.get('case')) deciding.say('没有这份病例，或未分配给您。', true); }
      else if (about.rows.length) middle.replaceChildren(queue.empty());
      else middle.replaceChildren(el('div', {class: 'empty'}, about.person.role === '专家' ? '没有分派给您的病例。' : '这个检查里没有病例。'));
    }
    // other filters: the address tells them, the case stays; where none is open the first of them is opened
    function narrowed() {
      if (S.cas) { drawHead(); address(true); return; }
      const row = queue.first();
      if (row) { middle.replaceChildren(head, lanes, record.root); openCase(row.key, null, true); }
      else history.replaceState({}, '', '/?' + queue.query().slice(1));
    }
    function failed(about) {
      const words = about ? about.problem : '没有连上服务器。';
      page.root.replaceChildren(el('div', {class: 'empty'}, el('p', {}, words), el('button', {class: 'btn',
        on: {click: () => location.reload()}}, '重试')));
    }
    function waitForRun(about) {
      const box = el('div', {class: 'empty'});
      body.replaceChildren(box);
      body.classList.add('alone');
      if (!about.inspection) {
        box.append(el('p', {}, '还没有检查。'), el('a', {class: 'btn main', href: '/inspections'}, '新建检查'));
        return;
      }
      drawRun(box, about);
      const timer = setInterval(async () => {
        if (!page.root.isConnected) { clearInterval(timer); return; }
        const next = await mj.ask(page, 'open_queue', {inspection: about.inspection});
        if (next && next.rows) { clearInterval(timer); location.reload(); } else if (next) drawRun(box, next);
      }, 1000);
    }
    function drawRun(box, one) {
      const run = one.progress, stopped = one.state === 'failed';
      const told = run ? `${run.stage}${run.total ? ` ${run.done} / ${run.total}` : ''} · 已 ${Math.round(run.seconds)} 秒` : '排队';
      box.replaceChildren(el('h2', {}, stopped ? '审核没有完成' : '正在审核'), stopped ? el('p', {class: 'notice'}, one.problem) : el('p', {}, told),
        run && run.total ? el('div', {class: 'bar', style: 'width:280px'}, el('b', {style: `width:${100 * run.done / run.total}%`})) : '',
        el('p', {class: 'small muted'}, '关闭页面不影响运行。'), el('a', {class: 'link', href: '/inspections'}, '到“检查”页看各步'));
    }

    // one case ----------------------------------------------------------------------------------------------
    async function openCase(key, wanted, replace) {
      if (S.cas && deciding.unsaved() && S.cas.key !== key) { deciding.say('未存上前不会进入下一例', true); return; }
      deciding.stop();
      deciding.asking.close();
      closeDrawer();
      stage.close();
      body.classList.remove('with-queue');
      const turn = ++S.turn;
      queue.mark(key);
      const slow = setTimeout(() => head.replaceChildren(el('p', {class: 'muted'}, '正在读取病例')), 400);
      const cas = await mj.ask(page, 'open_case', {case: key});
      clearTimeout(slow);
      if (turn !== S.turn) return;
      if (!cas || cas.problem) { deciding.say(cas ? cas.problem : '没有读出来，请重试。', true); return; }
      const active = cas.findings.findIndex((one) => wanted ? one.id === wanted : !one.decision);
      Object.assign(S, {cas, now: null, note: '', reason: '', active: Math.max(0, active)});
      record.show(cas);
      cards.reset();
      deciding.opened();
      drawHead();
      if (cas.findings.length) choose(S.active, replace);
      else { look(null); address(replace); }
    }
    // what is open stays as it is: the tab, the mark and the words half written
    function pick(key) {
      if (!S.cas || S.cas.key !== key) { openCase(key); return; }
      body.classList.remove('with-queue');
      stay();
    }
    // a case that is still on its way is no longer wanted
    function stay() {
      S.turn += 1;
      queue.mark(S.cas.key);
    }
    function address(replace) {
      const one = finding();
      const url = '/?case=' + encodeURIComponent(S.cas.key) + (one ? '&finding=' + encodeURIComponent(one.id) : '') + (stage.view() ? '&view=' + stage.view() : '') + queue.query();
      if (url !== location.pathname + location.search) history[replace ? 'replaceState' : 'pushState']({}, '', url);
    }
    window.addEventListener('popstate', () => {
      const wanted = new URLSearchParams(location.search), key = wanted.get('case');
      if (!page.root.isConnected || !key) return;
      queue.follow(wanted);
      if (S.cas && key === S.cas.key) choose(S.cas.findings.findIndex((one) => one.id === wanted.get('finding')), true);
      else openCase(key, wanted.get('finding'), true);
    });
    function drawHead() {
      const one = S.cas.head, [at, of] = queue.position(S.cas.key);
      const cut = (words) => el('span', {class: 'cut who-line', title: words}, words);
      const bit = (...words) => el('span', {}, words), strong = (words) => el('b', {class: 'strong'}, words);
      const ends = one.ends.slice(0, 4) === one.begins.slice(0, 4) ? one.ends.slice(5) : one.ends;
      const bed = one.bed ? ` ${one.bed}${/床$/.test(one.bed) ? '' : ' 床'}` : '';
      head.replaceChildren(
        el('div', {class: 'case-line'}, el('h1', {class: 'cut', title: one.name}, mj.shortName(one.name)), bit(one.sex, one.age === null ? '' : ` ${one.age} 岁`),
          cut(one.department + bed), el('span', {class: 'cut', title: one.diagnosis}, one.diagnosis, ' ', el('span',
            {class: 'muted'}, one.diagnosis_code)),
          one.doctor ? cut('主诊 ' + one.doctor) : null, el('span', {class: 'push small muted'}, at >= 0 ? `第 ${at + 1} / ${of} 例` : '')),
        el('div', {class: 'case-line small'}, bit(one.begins.slice(5), ' 入院 → ', ends, ' 出院 · ', strong(`${one.days} 天`)),
          bit('总费用 ', strong(mj.yuan(one.total))), bit('基金支付 ', strong(mj.yuan(one.fund))), bit(`费用明细 ${one.charges} 项`),
          el('span', {class: 'muted inpatient'}, '住院号 ' + one.number)));
    }

    // one finding -------------------------------------------------------------------------------------------
    function choose(n, replace) {
      if (!S.cas || n < 0 || n >= S.cas.findings.length) return;
      Object.assign(S, {active: n, note: '', reason: ''});
      const one = finding();
      look(one.evidence.find((item) => item.says === 'for' && item.place) || one.evidence[0] || null, true);
      stage.follow();
      address(replace !== false);
    }
    function look(item, fresh) {
      S.now = item;
      redraw();
      if (fresh) cards.reveal();
      record.look(finding() || {id: '', evidence: []}, item);
    }
    function redraw() {
      cards.draw(S.cas, S.active, S.now);
      mj.timeline(lanes, {shown: S.cas.timelines, finding: finding(), all: S.allLanes, step: S.step, now: S.now, look, go, rescale});
      deciding.draw();
    }
    function rescale(step, day) {
      S.step = step;
      redraw();
      if (day) mj.timelineTo(lanes, day);
    }
    // to a place of the record that is no evidence of the finding
    function go(target) {
      if (['criteria', 'vitals_plot'].includes(target.sheet)) { record.open(target.sheet); return; }
      look(target.sheet ? {aside: true, says: 'aside', mark: '', row: target} : {aside: true, says: 'aside', mark: '', place: target});
    }
    // supporting and opposing evidence in turn, and round again
    function walk(step) {
      const one = finding();
      if (!one || !one.evidence.length) return;
      const sides = ['for', 'against'].map((says) => one.evidence.filter((item) => item.says === says)), order = [];
      for (let n = 0; n < one.evidence.length; n++) for (const side of sides) if (side[n]) order.push(side[n]);
      look(order[(order.indexOf(S.now) + step + order.length) % order.length]);
    }
    async function basis() {
      const one = finding();
      if (!one) return;
      if (!drawer.hidden && drawer.dataset.finding === one.id) { nextClause(); return; }
      drawer.dataset.finding = one.id;
      drawer.hidden = false;
      const box = el('div', {class: 'scroll'}, el('p', {class: 'muted'}, '正在打开条文'));
      drawer.replaceChildren(el('header', {}, el('h2', {}, '依据'), el('button', {class: 'push small link', on: {click: closeDrawer}}, '关闭 ',
        mj.kbd('Esc'))), box);
      drawer.focus();
      const reply = await mj.ask(page, 'open_basis', {case: S.cas.key, finding: one.id});
      if (drawer.dataset.finding !== one.id) return;
      const wrong = () => [el('p', {class: 'notice'}, reply ? reply.problem : '没有读出来，请重试。')];
      box.replaceChildren(...(reply && reply.clauses ? reply.clauses.map((clause) => mj.clause(clause, '住院当日')) : wrong()));
    }
    function nextClause() {
      const box = drawer.querySelector('.scroll'), clauses = [...box.children], top = box.getBoundingClientRect().top;
      (clauses.find((clause) => clause.getBoundingClientRect().top > top + 8) || clauses[0]).scrollIntoView({block: 'start'});
    }
    function closeDrawer() {
      drawer.hidden = true;
      drawer.dataset.finding = '';
    }
    function escape() {
      if (drawer.hidden && stage.close()) return;
      closeDrawer();
      queue.closeFilter();
      body.classList.remove('with-queue');
      page.root.querySelectorAll('.menu:not(.filters)').forEach((menu) => menu.remove());
    }
    function beside(step) {
      const row = S.cas && queue.beside(S.cas.key, step);
      if (row) openCase(row.key);
    }
    function jumpTo() {
      deciding.asking.text('跳到第几例', '', 6, (words) => { const row = queue.nth(Number(words)); if (row) openCase(row.key); });
    }

    Object.assign(page.keys, {
      Digit1: () => deciding.begin('confirm'), Digit2: () => deciding.begin('reject'), Digit3: () => deciding.begin('ask'),
      Numpad1: () => deciding.begin('confirm'), Numpad2: () => deciding.begin('reject'), Numpad3: () => deciding.begin('ask'),
      KeyZ: deciding.undo, 'Shift+KeyZ': deciding.redo, KeyE: deciding.amount, KeyR: deciding.reason, KeyN: deciding.note, Enter: deciding.seen,
      KeyJ: () => choose(S.active + 1), KeyK: () => choose(S.active - 1), Space: () => walk(1), 'Shift+Space': () => walk(-1),
      BracketRight: () => beside(1), BracketLeft: () => beside(-1), Slash: () => queue.focusSearch(), KeyG: jumpTo,
      KeyQ: () => stage.step(-1) || record.step(-1), KeyW: () => stage.step(1) || record.step(1), KeyC: () => S.cas && stage.compare(), KeyM: () => stage.map(), KeyL: () => stage.lock(), KeyT: () => { S.allLanes = !S.allLanes; redraw(); lanes.focus({preventScroll: true}); }, 'Shift+KeyT': () => S.cas && rescale(S.step ? 0 : 1),
      KeyA: () => S.cas && record.open('criteria'), KeyV: () => { if (S.cas) { stage.close(); record.open('vitals_plot'); } },
      KeyO: () => record.toggleMode(), KeyF: () => S.cas && record.open('charges'), 'Shift+Equal': () => proposing.begin(), KeyB: basis, KeyU: () => cards.jump(),
      KeyD: () => mj.toggleTheme(), 'Shift+Slash': page.showKeys, Escape: escape,
    });
    // with no case open (nothing listed) the keys of a case do nothing
    const ALWAYS = ['KeyZ', 'Shift+KeyZ', 'Slash', 'KeyG', 'KeyD', 'Shift+Slash', 'Escape'];
    for (const [name, act] of Object.entries(page.keys)) if (!ALWAYS.includes(name)) page.keys[name] = (e) => S.cas && act(e);
    queue.grey();
    await begin();
  };

  mj.loaded.add('review');
})(window.mingjian ||= {loaded: new Set()});
