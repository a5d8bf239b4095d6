// 检查: the list on the left, one inspection on the right; a run is polled once a second while it is under way.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const STATES = {waiting: '等待审核', running: '审核中', ready: '可审核', failed: '未完成'};
  const STANDINGS = {stated: '申诉中', settled: '已定案', archived: '已归档'};
  const FILE_STATES = {已读: 'done', 已识别: 'done', 未提供: 'ask', 拒收: 'fault'};
  const KEYS = [['检查', [['N', '新建'], ['J K', '下一个、上一个检查'], ['D', '深色或浅色'], ['?', '本表'], ['Esc', '关闭']]]];

  mj.page_inspections = async function (page) {
    const S = {about: null, key: '', troubled: false, timer: 0, shown: null};
    const list = el('ul', {class: 'scroll'}), foot = el('div', {class: 'side-foot'});
    const side = el('aside', {class: 'side-list', 'aria-label': '检查'}, el('div', {class: 'side-head'}, el('h2', {}, '检查'),
      el('button', {class: 'btn push', on: {click: () => create()}}, '新建 ', mj.kbd('N'))), list, foot);
    const main = el('section', {class: 'scroll inspection'});
    const body = el('main', {class: 'inspections'}, side, main);
    page.showKeys = () => mj.keysDialog(page, [...KEYS, ...mj.itemsKeys]);

    async function refresh() {
      const about = await mj.ask(page, 'open_list');
      if (!about || about.problem) {
        if (!S.about) page.root.replaceChildren(el('div', {class: 'empty'}, about ? about.problem : '没有连上服务器。'));
        return;
      }
      const keys = (one) => one ? one.inspections.map((entry) => entry.key).join() : null;
      const changed = keys(S.about) !== keys(about);
      S.about = about;
      about.onSwitch = open;
      if (changed) mj.frame(page, {...about, inspection: S.key}, body);
      drawList();
    }
    function drawList() {
      const archived = S.about.inspections.filter((one) => one.standing === 'archived'), shown = S.about.inspections.filter((one) => one.standing !== 'archived' || S.archived || one.key === S.key);
      list.replaceChildren(...shown.map((one) => el('li', {class: one.key === S.key ? 'on' : ''},
        el('button', {'aria-current': one.key === S.key ? 'true' : null, on: {click: () => open(one.key)}},
          el('b', {class: 'strong cut'}, one.name), el('span', {class: 'small muted cut'}, one.hospital + (one.demo ? ' · 示例' : '')),
          el('span', {class: 'bar'}, el('b', {style: `width:${share(one)}%`})),
          el('span', {class: 'small muted both'}, el('span', {}, stateOf(one)),
            el('span', {}, one.cases === null ? '—' : `${one.done} / ${one.cases}`))))));
      foot.replaceChildren(archived.length ? el('button', {class: 'link small', 'aria-pressed': String(Boolean(S.archived)), on: {click: () => { S.archived = !S.archived; drawList(); }}},
        S.archived ? '收起已归档' : `已归档 ${archived.length}`) : '', mj.keptDays(page, S.about, refresh));
      if (!S.about.inspections.length) main.replaceChildren(el('div', {class: 'empty'}, el('p', {}, '还没有检查。'), el('button', {class: 'btn main',
        on: {click: () => create()}}, '新建检查')));
    }
    const stateOf = (one) => STANDINGS[one.standing] ? STANDINGS[one.standing] : one.state === 'ready' && one.cases !== null && one.done === one.cases ? '已审完' : STATES[one.state];
    function share(one) {
      if (one.progress && one.progress.total) return 100 * one.progress.done / one.progress.total;
      return one.cases ? 100 * one.done / one.cases : 0;
    }

    async function open(key) {
      S.key = key;
      clearTimeout(S.timer);
      drawList();
      history.replaceState({}, '', '/inspections?inspection=' + encodeURIComponent(key));
      const one = await mj.ask(page, 'open_inspection', {inspection: key});
      if (S.key !== key) return;
      if (!one || one.problem && !one.key) { main.replaceChildren(el('p', {class: 'notice'}, one ? one.problem : '没有读出来，请重试。')); return; }
      S.shown = one;
      draw(one);
      if (one.progress) poll(key);
    }
    async function poll(key) {
      const now = await mj.ask(page, 'progress', {inspection: key});
      if (S.key !== key || !page.root.isConnected) return;
      if (now && !now.progress && now.state !== 'running') { await refresh(); open(key); return; }
      if (now && now.progress) {
        const box = main.querySelector('.running');
        if (box) box.replaceChildren(...running(now.progress, key));
        const entry = S.about.inspections.find((other) => other.key === key);
        entry.progress = now.progress;
        drawList();
      }
      S.timer = setTimeout(() => poll(key), 1000);
    }

    function draw(one) {
      const about = one.about, facts = about ? [about.level, about.code, [about.from, about.to].filter(Boolean).join(' 至 '), about.region && '地区 ' + about.region] : [];
      main.replaceChildren(el('header', {class: 'page-head'}, el('h1', {}, one.name), el('span',
        {class: 'muted small cut'}, facts.filter(Boolean).join(' · ')),
        el('span', {class: 'push small links'}, one.run ? el('a', {href: '/?inspection=' + encodeURIComponent(one.key)}, '开始审核') : null,
          one.progress || one.closed ? null : el('button', {class: 'link', on: {click: () => again(one.key)}}, one.run ? '重新审核' : '审核')),
      mj.standingOf(page, one, (gone, problem) => moved(one.key, gone, problem))),
      one.problem ? el('p', {class: 'notice'}, one.problem) : '',
      one.progress ? el('section', {class: 'panel running', 'aria-live': 'polite'}, running(one.progress, one.key)) : '',
      one.stages && !one.progress ? stages(one.stages) : '', mj.planPanel(page, one.key), one.changes ? changes(one.changes) : '', one.reading ? reading(one.reading) : '',
      one.files ? el('div', {class: 'two'}, files(one), el('div', {class: 'beside'}, one.leads ? mj.assigningPanel(page, one.key) : '', faults(one.faults), results(one.summary), mj.itemsPanel(page, one.key, () => again(one.key)), source(one))) : '');
    }
    function running(run, key) {
      return [el('header', {class: 'both'}, el('b', {class: 'strong'}, run.stage + (run.total ? ` ${run.done.toLocaleString()} / ${run.total.toLocaleString()}` : '')),
        el('button', {class: 'link small', on: {click: () => mj.ask(page, 'cancel', {inspection: key})}}, '取消')),
      el('div', {class: 'bar'}, el('b', {style: `width:${run.total ? 100 * run.done / run.total : 3}%`})),
      el('p', {class: 'small muted'}, run.stages.filter((stage) => !['排队', '启动'].includes(stage.name)).map((stage) => `${stage.name} ${stage.seconds} 秒`).concat(`共 ${Math.round(run.seconds)} 秒`).join(' · ')),
      el('p', {class: 'small muted'}, '关闭页面不影响运行。')];
    }
    function stages(all) {
      return el('section', {class: 'panel stages'}, el('ol', {}, all.map((stage) => el('li',
        {class: stage.faults ? 'fault' : stage.now ? 'now' : 'done'}, el('i', {}), el('b', {class: 'strong'}, stage.name),
        el('span', {class: 'small'}, stage.text), el('span', {class: 'small muted'}, stage.faults ? `${stage.faults} 处问题` : typeof stage.seconds === 'number' ? `${stage.seconds.toFixed(1)} 秒` : stage.now ? '进行中' : '')))));
    }
    const changes = (one) => el('p', {class: 'panel changes small'}, `与上次审核相比：新增 ${one.new} · 消失 ${one.gone} · 不变 ${one.same}` + (one.kept ? ` · ${one.kept} 项已作决定，新规则下不再提示，仍保留` : ''));

    function reading(told) {
      const {answered, cannot_tell: unsure, not_asked: open, failed} = told.states, each = Math.round(told.tokens_in / Math.max(told.admissions, 1));
      return el('div', {class: 'panel changes small', 'aria-label': '模型阅读'}, el('p', {}, el('b', {class: 'strong'}, '模型阅读'), ` ${told.models.join('、')}：答出 ${answered} · 判断不了 ${unsure} · 未问 ${open} · 出错 ${failed}` +
        ` · 另提线索 ${told.findings} 项 · 引文核对不上而未采用 ${told.dropped} 条` + (told.injections ? ` · 病历里夹有对程序说的话 ${told.injections} 处` : '')),
      el('p', {class: 'muted'}, `请求 ${told.requests} 次 · 输入 ${told.tokens_in.toLocaleString()} 词元 · 输出 ${told.tokens_out.toLocaleString()} 词元` + (told.yuan ? ` · ${told.yuan.toFixed(2)} 元` : '') + ` · 每例输入 ${each.toLocaleString()} 词元`),
      told.halted ? el('p', {class: 'notice'}, told.halted) : null);
    }
    function files(one) {
      const bad = one.files.filter((file) => ['拒收', '未提供'].includes(file.state) || one.faults.some((fault) => fault.file === file.file));
      const tally = (state) => one.files.filter((file) => state.includes(file.state)).length;
      const shown = S.troubled ? bad : one.files;
      const pill = (troubled, text) => el('button', {class: 'pill', 'aria-pressed': String(S.troubled === troubled),
        on: {click: () => { S.troubled = troubled; draw(one); }}}, text);
      return el('section', {class: 'panel files'}, el('header', {class: 'panel-head'}, el('h2', {}, '文件'),
        el('span', {class: 'small muted'}, `${tally(['已读', '已识别'])} 个已读 · ${tally(['拒收'])} 个拒收 · ${tally(['未提供'])} 项未提供`), el('span',
          {class: 'push pills'}, pill(false, '全部'), pill(true, `有问题 ${bad.length}`))),
      el('div', {class: 'scroll'}, el('table', {class: 'list'}, el('thead', {}, el('tr', {}, ['文件', '内容', '数量', '状态', '说明'].map((name) => el('th',
        {class: name === '数量' ? 'number' : ''}, name)))),
        el('tbody', {}, shown.map((file) => el('tr', {}, el('td', {class: 'path', title: file.file}, shortPath(file.file)),
          el('td', {}, file.content), el('td', {class: 'number'}, file.count ? `${file.count.toLocaleString()} ${file.unit}` : '—'),
          el('td', {}, el('span', {class: 'state ' + (FILE_STATES[file.state] || '')}, file.state)), el('td',
            {class: 'small muted'}, file.note)))))));
    }
    const shortPath = (file) => file.replace(/^records\/([^/]{9,})\//, (all, name) => `records/…${name.slice(-5)}/`);
    function faults(all) {
      if (!all.length) return '';
      return el('section', {class: 'panel faults'}, el('h2', {}, `读取问题 ${all.length}`), el('ul', {}, all.slice(0, 50).map((fault) => el('li',
        {class: 'small'},
        el('b', {class: 'strong'}, shortPath(fault.file)), ' ', fault.place, '：', fault.problem, '；', fault.remedy))), all.length > 50 ? el('p',
          {class: 'small muted'}, `另 ${all.length - 50} 处，见“有问题”的文件`) : null);
    }
    function results(summary) {
      const violations = Object.values(summary.violations || {});
      return el('section', {class: 'panel'}, el('h2', {}, '本次结果'), el('table', {class: 'list tight'}, el('thead', {}, el('tr', {},
        el('th', {}, '疑似违规'), el('th', {class: 'number'}, '项'), el('th', {class: 'number'}, '元，去重'))),
        el('tbody', {}, violations.map((one) => el('tr', {}, el('td', {}, one.name), el('td', {class: 'number'}, String(one.findings)), el('td',
          {class: 'number'}, one.amount_once ? mj.yuan(one.amount_once) : '—'))),
          el('tr', {class: 'total'}, el('td', {}, '合计'), el('td', {class: 'number'}, String(summary.findings)), el('td', {class: 'number'},
            mj.yuan(summary.amount_once))))),
      el('p', {class: 'small muted'}, `未检查 ${Object.values(summary.not_checked || {}).reduce((sum, n) => sum + n, 0)} 例次 · 规则 ${(summary.versions || {}).rules || '—'} · 知识 ${(summary.versions || {}).knowledge || '—'}`));
    }
    function source(one) {
      return el('section', {class: 'panel'}, el('h2', {}, '来源'), el('p', {class: 'small path-text'}, one.folder), el('p',
        {class: 'small muted'}, `由 ${one.created_by} 新建` + (one.reviewed_at ? ` · 审核于 ${mj.clock(one.reviewed_at)}` : '') + '。重新审核保留全部已作决定。'));
    }

    async function moved(key, gone, problem) {
      await refresh();
      if (gone) { const next = S.about.inspections[0]; if (next) await open(next.key); } else await open(key);
      if (problem) main.prepend(el('p', {class: 'notice', role: 'alert'}, problem));
    }
    async function again(key) {
      const reply = await mj.ask(page, 'run_again', {inspection: key});
      if (reply && reply.problem) main.prepend(el('p', {class: 'notice'}, reply.problem));
      await refresh();
      open(key);
    }

    function create() {
      if (page.root.querySelector('dialog')) return;
      const dialog = el('dialog', {class: 'create', 'aria-label': '新建检查'});
      const close = el('button', {class: 'push small link', type: 'button', on: {click: () => dialog.close()}}, '关闭 ', mj.kbd('Esc'));
      if (S.about.needs_first) dialog.append(el('h2', {}, '新建检查', close), el('p', {}, '现在是示例，只在本机打开。新建检查前请先设置第一个管理员；示例和已作的决定都会保留。'), el('p', {},
        el('a', {class: 'btn main', href: '/sign-in?first=1'}, '设置管理员')));
      else dialog.append(el('h2', {}, '新建检查', close), form(dialog));
      dialog.addEventListener('close', () => dialog.remove());
      page.root.append(dialog);
      dialog.showModal();
    }
    function form(dialog) {
      const name = el('input', {class: 'field', maxlength: 100, placeholder: '不填则取 inspection.yaml 里的名称'});
      const path = el('input', {class: 'field', maxlength: 1000, placeholder: '/data/检查一'});
      const file = el('input', {type: 'file', accept: '.zip', hidden: true});
      const drop = el('button', {class: 'drop', type: 'button', on: {click: () => file.click()}}, el('b', {class: 'strong'}, '放入 ZIP'), el('span',
        {class: 'small muted'}, '里面是 claims、hospital、records 文件夹；至多 8 GB'));
      const problem = el('p', {class: 'notice', role: 'alert', hidden: true}), bar = el('div', {class: 'bar', hidden: true},
        el('b', {style: 'width:0'}));
      const done = async (reply) => {
        if (!reply || reply.problem) { problem.textContent = reply ? reply.problem : '没有连上服务器，请重试。'; problem.hidden = false; bar.hidden = true; return; }
        dialog.close();
        await refresh();
        open(reply.inspection);
      };
      const send = (zip) => {
        if (!/\.zip$/i.test(zip.name)) { done({problem: '请放入 ZIP 文件，或填写服务器上的路径。'}); return; }
        const request = new XMLHttpRequest();
        bar.hidden = false;
        problem.hidden = true;
        request.upload.onprogress = (e) => { bar.firstChild.style.width = `${100 * e.loaded / e.total}%`; };
        request.onload = () => { let reply = null; try { reply = JSON.parse(request.responseText); } catch { reply = null; } done(reply); };
        request.onerror = () => done(null);
        request.open('PUT', '/upload?name=' + encodeURIComponent(name.value));
        request.send(zip);
      };
      file.addEventListener('change', () => file.files[0] && send(file.files[0]));
      drop.addEventListener('dragover', (e) => e.preventDefault());
      drop.addEventListener('drop', (e) => { e.preventDefault(); if (e.dataTransfer.files[0]) send(e.dataTransfer.files[0]); });
      return el('form', {on: {submit: async (e) => { e.preventDefault(); done(await mj.ask(page, 'create', {name: name.value, path: path.value})); }}}, el('label', {}, '名称', name), el('label', {}, '服务器上的路径', path),
        el('button', {class: 'btn main'}, '新建并审核'), el('p', {class: 'small muted'}, '或'), drop, file, bar, problem);
    }

    const beside = (step) => { const all = S.about.inspections.filter((one) => one.standing !== 'archived' || S.archived || one.key === S.key), at = all.findIndex((one) => one.key === S.key); if (all[at + step]) open(all[at + step].key); };
    Object.assign(page.keys, {KeyN: create, KeyJ: () => beside(1), KeyK: () => beside(-1), KeyD: () => mj.toggleTheme(), 'Shift+Slash': page.showKeys});
    await refresh();
    const wanted = new URLSearchParams(location.search).get('inspection');
    const first = S.about && (S.about.inspections.find((one) => one.key === wanted) || S.about.inspections.find((one) => one.standing !== 'archived') || S.about.inspections[0]);
    if (first) await open(first.key);
  };

  mj.loaded.add('inspections');
})(window.mingjian ||= {loaded: new Set()});
