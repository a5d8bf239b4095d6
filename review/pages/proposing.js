// 自行提出: what is marked in the record becomes a finding; the record stays open beside the form, so that more is added.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const SHOWN = 44;
  const MARK_FIRST = '先在病历里选中一段文字或几行明细，再按 +';

  // desk: {S, record, asking, say, openCase, recount} of the review page
  mj.proposing = function (page, desk) {
    const {S, record, asking, say} = desk;
    let form = null;

    async function begin() {
      if (!S.cas) return;
      const marks = record.marked();
      if (form && form.root.isConnected) { form.add(marks); return; }
      if (!S.cas.may_decide) { say('这一例不由您决定，不能提出疑点', true); return; }
      if (!marks.length) { say(MARK_FIRST, true); return; }
      const cas = S.cas, about = await mj.ask(page, 'proposing', {case: cas.key});
      if (S.cas !== cas) return;
      if (!about || about.problem) { say(about ? about.problem : '没有连上服务器，请重试。', true); return; }
      form = open(cas, about);
      form.add(marks);
    }

    function open(cas, about) {
      const press = mj.newPress(), marks = [];
      let basis = null, asked = 0;
      const cited = el('ul', {class: 'proposed-marks'});
      const kinds = el('select', {class: 'switch', 'aria-label': '违规类型', on: {change: chosen}}, el('option', {value: ''}, '选违规类型'),
        ['住院', '收费', '文书'].map((family) => el('optgroup', {label: family}, about.kinds.filter((one) => one.family === family).map((one) => el('option', {value: one.code}, one.name)))));
      const words = el('textarea', {class: 'field', rows: 2, maxlength: 300, 'aria-label': '说明', placeholder: '看到了什么，与什么不符'});
      const amount = el('input', {class: 'field', inputmode: 'decimal', 'aria-label': '金额，元', placeholder: '空着：按选中的费用合计'});
      const bases = el('div', {class: 'proposed-bases', role: 'group', 'aria-label': '依据'}, el('p', {class: 'small muted'}, '选了违规类型，这里列出常用的条文。'));
      const search = el('input', {class: 'field', 'aria-label': '搜索依据', placeholder: '搜索条文，回车'});
      const problem = el('p', {class: 'small problem', role: 'alert'});
      const save = el('button', {class: 'btn main', on: {click: send}}, '记下并确认');
      const row = (name, ...content) => [el('dt', {}, name), el('dd', {}, ...content)];
      const root = el('div', {class: 'proposing'}, cited, el('button', {class: 'link small', on: {mousedown: (e) => e.preventDefault(), click: () => add(record.marked())}}, '再选一处，加入 ', mj.kbd('+')),
        el('dl', {}, row('违规类型', kinds), row('说明', words), row('金额', amount), row('依据', bases, search)), problem,
        el('div', {class: 'proposed-end'}, save, el('span', {class: 'small muted'}, '较可能 · 复审一致后成立'), el('button', {class: 'link push cut', on: {click: () => asking.close()}}, '放弃 ', mj.kbd('Esc'))));
      search.addEventListener('keydown', (e) => { if (e.key === 'Enter' && !e.isComposing) { e.preventDefault(); offer({words: search.value}); } });
      root.addEventListener('keydown', (e) => {
        if (e.isComposing) return;
        if (e.key === 'Escape') asking.close();
        if (e.key === 'Enter' && e.ctrlKey) { e.preventDefault(); send(); }
      });
      asking.show('自行提出疑点', root, (e) => { if (e.code !== 'NumpadAdd' && !(e.code === 'Equal')) return false; add(record.marked()); return true; });
      kinds.focus();

      function add(more) {
        const known = new Set(marks.map((one) => JSON.stringify(one)));
        const fresh = more.filter((one) => !known.has(JSON.stringify(one)));
        problem.textContent = fresh.length || !marks.length ? '' : more.length ? '这一处已在下面。' : MARK_FIRST + '。';
        marks.push(...fresh);
        draw();
      }
      function draw() {
        cited.replaceChildren(...marks.map((one, n) => el('li', {}, el('span', {class: 'n for'}, String(n + 1)), el('span', {class: 'words', title: one.words.slice(0, 400)}, '「' + (one.words.length > SHOWN ? one.words.slice(0, SHOWN) + '……' : one.words) + '」'),
          el('button', {class: 'link small', 'aria-label': `去掉第 ${n + 1} 处`, on: {click: () => { marks.splice(n, 1); draw(); }}}, '去掉'))));
      }
      function chosen() {
        const kind = about.kinds.find((one) => one.code === kinds.value);
        amount.disabled = Boolean(kind && !kind.counted);
        amount.placeholder = !kind || kind.counted && !kind.whole_stay ? '空着：按选中的费用合计' : kind.counted ? `空着：本次住院 ${mj.yuan(about.total)}` : '这一类不计金额';
        if (kind) offer({violation: kind.code});
      }
      async function offer(wanted) {
        const turn = ++asked;
        const reply = await mj.ask(page, 'offer_bases', {case: cas.key, ...wanted});
        if (turn !== asked) return;
        const found = reply && reply.bases || [];
        basis = found[0] || null;
        bases.replaceChildren(...found.map(option), found.length ? '' : el('p', {class: 'small muted'}, reply && reply.problem || (reply ? '没有找到条文，换几个字再搜。' : '没有连上服务器，请重试。')));
        mark();
      }
      function option(one) {
        return el('button', {class: 'option-line', data: {passage: `${one.document} ${one.passage}`}, on: {click: () => { basis = one; mark(); }}}, el('b', {}, `${one.document} ${one.passage}`),
          one.in_force ? null : el('em', {class: 'small'}, ' 住院当日不在施行期内'), el('span', {class: 'small muted'}, one.text));
      }
      function mark() {
        for (const line of bases.querySelectorAll('.option-line')) line.setAttribute('aria-pressed', String(Boolean(basis) && line.dataset.passage === `${basis.document} ${basis.passage}`));
      }
      async function send() {
        const given = amount.disabled ? '' : amount.value.normalize('NFKC').trim();
        const lacks = !marks.length ? MARK_FIRST + '。' : !kinds.value ? '先选违规类型。' : !words.value.trim() ? '写一句说明：看到了什么，与什么不符。'
          : given && !/^\d+(\.\d{1,2})?$/.test(given) ? '金额须是数字，至多两位小数。' : !basis ? '先选一条依据。' : '';
        problem.textContent = lacks;
        if (lacks) return;
        save.disabled = true;
        const reply = await mj.ask(page, 'propose', {case: cas.key, press, violation: kinds.value, words: words.value, amount: given, document: basis.document, passage: basis.passage,
          marks: marks.map(({words: _, ...place}) => place)});
        save.disabled = false;
        if (!reply || reply.problem) { problem.textContent = reply ? reply.problem : '未存上，请再按一次；不会重复。'; return; }
        asking.close();
        if (S.cas === cas) { await desk.openCase(cas.key, reply.finding, true); desk.recount(); }
        say('已提出并确认；另一位专家复审一致后成立');
      }
      return {root, add};
    }
    return {begin};
  };

  mj.loaded.add('proposing');
})(window.mingjian ||= {loaded: new Set()});
