// One document of the library: what was read of it, each field correctable in its place; versions, passages, withdrawal.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const STATES = {已入库: 'done', 摘要: 'done', 已读: 'part', 待确认列: 'ask', 拒收: 'fault'};
  const HINTS = {issued: '2024-03-01', in_force_from: '2024-03-01', in_force_to: '2024-03-01', region: '省名，或六位代码；全国为 000000'};
  const KINDS = {row: '表行', list: '列项', item: '项'};
  mj.stateOf = (words) => el('span', {class: 'state ' + (STATES[words] || '')}, words);

  // `acts`: open(cited), confirm(key), changed(), gone(). Returns where it is drawn, and how.
  mj.holding = function (page, about, acts) {
    const root = el('section', {class: 'scroll holding', tabindex: '0', 'aria-label': '文件'});
    let shown = null, token = 0, listed = [], at = -1;

    async function open(key) {
      const own = ++token;
      const reply = await mj.ask(page, 'open_holding', {key});
      if (own !== token) return;
      if (!reply || reply.problem) { root.replaceChildren(el('p', {class: 'notice'}, reply ? reply.problem : '没有读出来，请重试。')); return; }
      shown = reply;
      draw();
      root.scrollTop = 0;
    }
    const clear = (...nodes) => { token += 1; shown = null; root.replaceChildren(...nodes); };

    function draw() {
      const one = shown, may = about().changes && !about().needs_first && one.correctable;
      root.replaceChildren(el('header', {class: 'page-head'}, el('h1', {}, one.title), mj.stateOf(one.state), el('span', {class: 'push links small'},
        may && one.confirmable ? el('button', {class: 'btn main', on: {click: () => acts.confirm(one.key)}}, '确认列的对应') : null,
        may && one.withdrawable ? el('button', {class: 'link', on: {click: withdraw}}, '撤回') : null)),
      one.digest ? el('p', {class: 'notice digest'}, '本系统摘要，非原文。收入官方原文后，检索和引用改用原文；正式引用请核对原文。') : '',
      one.state === '拒收' ? el('p', {class: 'notice'}, `没有收入：${one.why}。`) : '',
      one.confirmable ? el('p', {class: 'notice'}, `${one.why}，列的对应确认后才成为规则行` + (may ? '。' : '；由组长或管理员确认。')) : '',
      one.why && one.state === '已读' ? el('p', {class: 'notice'}, one.why + '。') : '',
      one.state === '拒收' ? el('section', {class: 'panel'}, el('p', {class: 'small muted path-text'}, '来源 ' + one.file), about().changes && !about().needs_first ? el('p', {class: 'links'},
        el('button', {class: 'btn', on: {click: dismiss}}, '从列表移除'), el('span', {class: 'small muted'}, '改好后可重新添加。')) : null) : facts(one, may), reading(one), versions(one), passages(one));
    }
    function facts(one, may) {
      return el('section', {class: 'panel facts'}, el('dl', {}, one.fields.map((field) => row(one, field, may)),
        one.file ? [el('dt', {}, '来源文件'), el('dd', {class: 'path-text'}, one.file)] : null,
        el('dt', {}, '内容'), el('dd', {}, [one.passages || one.count ? `${(one.passages || one.count).toLocaleString()} 条` : '', one.rows ? `规则 ${one.rows.toLocaleString()} 行` : ''].filter(Boolean).join(' · ') || '—'),
        one.completeness ? [el('dt', {}, '完整程度'), el('dd', {}, one.completeness)] : null));
    }
    function row(one, field, may) {
      const words = field.shown && field.value ? field.shown : field.value;
      const box = el('dd', {data: {field: field.name}});
      const show = () => box.replaceChildren(el('span', {class: words ? '' : 'muted'}, words || (field.closed ? `未注明，由后一版止于 ${field.closed}` : '未注明')), ' ',
        may ? el('button', {class: 'link small edit', 'aria-label': `更正${field.says}`, on: {click: edit}}, '更正') : '',
        field.at ? el('div', {class: 'small muted was'}, `原读作 ${field.was || '未注明'}；${field.who || '命令行'} 于 ${mj.clock(field.at)} 更正`) : '');
      const edit = () => {
        const input = el('input', {class: 'field', value: field.value || '', maxlength: 200, placeholder: HINTS[field.name] || '', 'aria-label': field.says});
        const wrong = el('p', {class: 'small wrong', role: 'alert', hidden: true}), save = el('button', {class: 'btn main'}, '存');
        const form = el('form', {class: 'edit-box'}, input, save, el('button', {class: 'btn', type: 'button', on: {click: show}}, '取消'), wrong);
        form.addEventListener('submit', async (e) => {
          e.preventDefault();
          save.disabled = true;
          save.textContent = '存入并重建检索…';
          const reply = await mj.ask(page, 'correct', {key: one.key, field: field.name, value: input.value});
          if (reply && !reply.problem) { shown = reply; draw(); acts.changed(); return; }
          save.disabled = false;
          save.textContent = '存';
          wrong.hidden = false;
          wrong.textContent = reply ? reply.problem : '没有存上，请重试。';
          input.focus();
        });
        input.addEventListener('keydown', (e) => { if (e.key === 'Escape') { e.preventDefault(); show(); } });
        box.replaceChildren(form);
        input.focus();
      };
      show();
      return [el('dt', {}, field.says), box];
    }
    function reading(one) {
      const pages = one.pages, weak = pages ? pages.weak : [];
      if (!one.notes.length && !(pages && pages.recognised)) return '';
      return el('section', {class: 'panel'}, el('h2', {}, '读取'),
        pages && pages.recognised ? el('p', {class: 'small'}, `共读出 ${pages.count} 页，其中识别 ${pages.recognised} 页` + (weak.length ? '；把握不足的页：' : '，把握均在 0.90 以上。')) : null,
        weak.length ? el('ul', {class: 'weak'}, weak.map((line) => el('li', {class: 'small'}, el('b', {class: 'strong'}, `第 ${line.page} 页`), ` 把握 ${line.confidence.toFixed(2)}，${line.said}`))) : null,
        one.notes.map((note) => el('p', {class: 'small path-text'}, note)));
    }
    function versions(one) {
      if (one.versions.length < 2) return '';
      return el('section', {class: 'panel'}, el('h2', {}, `同名版本 ${one.versions.length}`), el('ul', {class: 'versions'}, one.versions.map((version) => el('li', {class: version.here ? 'on' : ''},
        el('b', {class: 'strong'}, (version.from || '日期未载明') + (version.to ? ` 至 ${version.to}` : ' 起')), ' ',
        (version.digest ? '本系统摘要' : version.file) + (version.here ? '，正在看的' : '')))));
    }

    function passages(one) {
      if (!one.count) return '';
      const list = el('ol', {class: 'passages'}), told = el('span', {class: 'small muted', 'aria-live': 'polite'});
      const box = el('input', {class: 'field filter', placeholder: '在这份文件里找', 'aria-label': '在这份文件里找', maxlength: 100});
      let timer = 0, own = 0;
      const load = async () => {
        const mine = ++own, reply = await mj.ask(page, 'open_passages', {key: one.key, words: box.value});
        if (mine !== own || !list.isConnected) return;
        if (!reply || reply.problem) { told.textContent = reply ? reply.problem : '没有读出来，请重试。'; return; }
        listed = reply.passages;
        at = -1;
        const more = reply.found > listed.length ? `，显示前 ${listed.length} 条` : '';
        told.textContent = box.value.trim() ? `找到 ${reply.found.toLocaleString()} / ${reply.total.toLocaleString()} 条${more}` : `${reply.total.toLocaleString()} 条${more}`;
        list.replaceChildren(...listed.map((passage, n) => el('li', {}, el('button', {on: {click: () => pick(n)}},
          el('b', {class: 'strong'}, passage.name || `第 ${passage.n + 1} 段`), KINDS[passage.kind] ? el('span', {class: 'small muted'}, KINDS[passage.kind]) : null,
          passage.page ? el('span', {class: 'small muted push'}, `第 ${passage.page} 页`) : null, el('span', {class: 'excerpt'}, passage.text)))));
      };
      box.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(load, 250); });
      setTimeout(load, 0);
      return el('section', {class: 'panel text'}, el('header', {class: 'panel-head'}, el('h2', {}, '条文'), told, el('span', {class: 'push'}, box)), list);
    }
    function pick(n) {
      const passage = listed[n];
      if (!passage || !shown) return;
      at = n;
      root.querySelectorAll('.passages li').forEach((node, place) => node.classList.toggle('on', place === n));
      const row = root.querySelector('.passages li.on');
      if (row) row.scrollIntoView({block: 'nearest'});
      acts.open({key: shown.key, n: passage.n, name: passage.name});
    }

    async function dismiss(e) {
      const one = shown, button = e.currentTarget;
      button.disabled = true;
      const reply = await mj.ask(page, 'dismiss', {key: one.key});
      if (reply && !reply.problem) { acts.gone(one, `已移除 ${one.file}。`); return; }
      button.disabled = false;
      button.after(el('span', {class: 'small wrong'}, reply ? reply.problem : '没有移除，请重试。'));
    }
    function withdraw() {
      const one = shown, input = el('input', {class: 'field', maxlength: 300, 'aria-label': '标题', autocomplete: 'off'}), wrong = el('p', {class: 'small wrong', role: 'alert', hidden: true});
      const drop = el('button', {class: 'btn main'}, '撤回');
      const dialog = el('dialog', {class: 'create', 'aria-label': '撤回'}, el('h2', {}, '撤回这份文件'),
        el('p', {}, `条文、由它导入的 ${one.rows.toLocaleString()} 行规则和更正都会撤出；被它取代的上一版恢复有效。已存的审核结果不变。`),
        el('form', {on: {submit: async (e) => {
          e.preventDefault();
          drop.disabled = true;
          const reply = await mj.ask(page, 'withdraw', {key: one.key, title: input.value});
          drop.disabled = false;
          if (reply && !reply.problem) { dialog.close(); acts.gone(one); return; }
          wrong.hidden = false;
          wrong.textContent = reply ? reply.problem : '没有撤回，请重试。';
        }}}, el('label', {}, '请照写标题：', el('b', {class: 'strong path-text'}, one.title), input), wrong, el('div', {class: 'links'}, drop,
          el('button', {class: 'btn', type: 'button', on: {click: () => dialog.close()}}, '不撤回'))));
      dialog.addEventListener('close', () => dialog.remove());
      page.root.append(dialog);
      dialog.showModal();
    }
    return {root, open, clear, draw: () => shown && draw(), beside: (step) => pick(at + step), find: () => { const box = root.querySelector('.filter'); if (box) box.focus(); }};
  };

  mj.loaded.add('library_document');
})(window.mingjian ||= {loaded: new Set()});
