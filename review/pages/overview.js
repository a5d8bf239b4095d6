// 总览: one sentence of figures, then panels; each has its picture, its table and its files, and leads to the cases.
(function (mj) {
  'use strict';
  const el = (...all) => mj.el(...all);
  const KEYS = [['总览', [['R', '重新读取']]], ['页面', [['D', '深色或浅色'], ['?', '本表'], ['Esc', '关闭']]]];
  const NAMED = 10, CHECKS = 12;  // departments and checks drawn; the others stand in the table

  mj.page_overview = async function (page) {
    const S = {about: null, drawn: new Map()};
    const body = el('main', {class: 'overview scroll', tabindex: '-1'});
    page.showKeys = () => mj.keysDialog(page, KEYS);

    async function load(inspection) {
      const reply = await mj.ask(page, 'open_overview', inspection ? {inspection} : {});
      if (!reply || reply.problem) { mj.refuse(page, reply); return; }
      S.about = reply;
      reply.onSwitch = (key) => load(key);
      mj.frame(page, reply, body);
      draw();
    }
    // what the filter of 审核 reads from the address; all lists, whatever the person looks at otherwise
    const to = (wanted) => '/?' + new URLSearchParams(wanted.case ? wanted : {list: 'all', ...wanted});

    function draw() {
      const told = S.about.figures;
      S.drawn.clear();
      if (!told) {
        body.replaceChildren(el('div', {class: 'empty'}, S.about.inspections.length ? '还没有审核结果。' : S.about.problem_said, S.about.person.pages.includes('inspections') ? el('a', {href: '/inspections'}, '去检查') : null));
        return;
      }
      const found = told.violations.length > 0;
      body.replaceChildren(head(told), el('div', {class: 'figures-grid'},
        panel('violation', 'c7', '按违规类型', legend(), found ? (width) => mj.drawViolations(told.violations, width, to) : null, '没有疑点。'),
        panel('progress', 'c5', '进度', null, (width) => mj.drawProgress(told.stages, told.reviewers, width), '', notes(told)),
        panel('department', 'c4', '按科室', null, (width) => mj.drawDepartments(told.departments.slice(0, NAMED), width, to), '',
          told.departments.length > NAMED ? el('p', {class: 'small muted'}, `另有 ${told.departments.length - NAMED} 个科室，见表格。`) : null),
        el('div', {class: 'c4 two'}, panel('month', '', '按入院月份', el('span', {class: 'small muted'}, '千元，下行为疑点项数'), (width) => mj.drawMonths(told.months, width, to), ''),
          panel('amount', '', '金额分布', el('span', {class: 'small muted'}, told.dots ? '每点一项，对数轴，元' : '每十倍分十段，对数轴，元'),
            told.bins.length ? (width) => told.dots ? mj.drawDots(told.dots, width, to) : mj.drawBins(told.bins, width, to) : null, '没有带金额的疑点。',
            told.without_amount ? el('p', {class: 'small muted'}, `另有 ${told.without_amount} 项不计金额。`) : null)),
        panel('check', 'c4', '规则确认率', el('span', {class: 'small muted'}, '点为比例，线为 95 % 区间'), found ? (width) => mj.drawChecks(told.checks.slice(0, CHECKS), told.few_calls, width, to) : null, '没有疑点。', [told.checks.length > CHECKS ? el('p', {class: 'small muted'}, `另有 ${told.checks.length - CHECKS} 项规则，见表格。`) : null, thin(told)]),
        todo(told)));
      redraw();
    }
    function head(told) {
      const one = told.head, part = (words, value, unit) => el('span', {}, words, ' ', el('b', {class: 'strong'}, value), ' ', unit), running = S.about.running;
      return el('header', {class: 'overview-head'}, el('h1', {}, '总览'), el('p', {class: 'lead'}, part('', told.admissions.toLocaleString(), '例'), part('疑点', one.findings.toLocaleString(), '项'),
        el('span', {}, part('涉及', mj.yuan(one.yuan), '元'), one.share === null ? null : el('span', {class: 'muted'}, `，占总费用 ${mj.yuan(one.total)} 元的 ${(100 * one.share).toFixed(1)} %`)), part('已定', one.decided.toLocaleString(), '项')),
      el('span', {class: 'push small muted'}, running ? `正在更新，${running.stage || ''} ${running.done || 0} / ${running.total || 0}，以下为上次结果` : `同笔费用只计一次${one.overlap >= 0.01 ? `，已扣重叠 ${mj.yuan(one.overlap)} 元` : ''}　截至 ${mj.clock(new Date().toISOString())}`),
      el('a', {class: 'small', href: `/overview/${S.about.inspection}.xlsx`, download: ''}, '全部导出'));
    }
    const legend = () => el('span', {class: 'legend small'}, [['confirm', '确认'], ['ask', '待补材料'], ['open', '待定'], ['reject', '不成立']].map(([kind, word]) => el('span', {}, el('i', {class: kind}), word)));
    function panel(key, place, title, beside, drawing, empty, after) {
      const box = el('div', {class: 'drawing'}, drawing ? null : el('p', {class: 'muted'}, empty));
      if (drawing) S.drawn.set(box, drawing);
      const picture = drawing ? el('button', {class: 'link', on: {click: () => take(box, title)}}, '图片') : null;
      return el('section', {class: `panel ${place}`, 'aria-label': title}, el('div', {class: 'panel-head'}, el('h2', {}, title), beside, el('span', {class: 'push tools small'},
        el('button', {class: 'link', on: {click: () => mj.tablesDialog(page, S.about.figures.titles[key], S.about.figures.panels[key])}}, '表格'),
        el('a', {href: `/overview/${S.about.inspection}.xlsx?panel=${key}`, download: '', 'aria-label': `导出 ${title} Excel`}, '导出'), picture)), box, after || null);
    }
    async function take(box, title) {
      const picture = await mj.asPicture(box.firstChild, `${title}　${(S.about.inspections.find((one) => one.key === S.about.inspection) || {}).name || ''}`);
      const save = el('a', {href: URL.createObjectURL(picture), download: `总览-${title}.png`});
      save.click();
      setTimeout(() => URL.revokeObjectURL(save.href), 60000);
    }
    function notes(told) {
      const one = told.agreement, kappa = one.kappa;
      return [el('p', {class: 'note'}, el('b', {class: 'strong'}, '一致性'), one.items ? `　双审完成 ${one.items} 项，一致 ${one.alike} 项。` : '　还没有双审完成的疑点。',
        one.items ? el('span', {class: 'muted'}, kappa ? `κ ${kappa[0].toFixed(2)}（${kappa[1].toFixed(2)} 至 ${kappa[2].toFixed(2)}）` : one.why + '。') : null),
      told.known ? el('p', {class: 'note'}, el('b', {class: 'strong'}, '埋入已知例'), `　${told.known[0]} / ${told.known[1]} 判对。`, el('span', {class: 'muted'}, '仅组长可见。')) : null];
    }
    function thin(told) {
      const few = told.checks.filter((one) => one.decided < told.few_calls).length;
      return few ? el('p', {class: 'note muted small'}, few === told.checks.length ? `各规则已判不足 ${told.few_calls} 项，区间过宽，暂不据此停用规则。` : `空心点：已判不足 ${told.few_calls} 项，区间过宽，暂不据此停用规则。`) : null;
    }
    function todo(told) {
      const one = told.todo, may = (name) => S.about.person.pages.includes(name), item = (count, words, href, where) => el('span', {}, el('b', {class: 'strong'}, count), ` ${words}`, count && href ? el('a', {href}, where) : null);
      return el('section', {class: 'panel c12 todo', 'aria-label': '需要处理'}, el('h2', {}, '需要处理'), item(one.asked, '项待补材料　', to({decision: 'ask'}), '查看'), item(one.disputes, '项两人不一致　', to({list: 'disputed'}), '裁定'),
        item(one.free, '例未分派　', to({list: 'free'}), '查看'), item(one.faults, '处读入问题　', may('inspections') ? '/inspections' : '', '查看'), item(one.unchecked, '项规则因缺表未检查　', may('rules') ? '/rulebook' : '', '查看'),
        may('papers') ? el('a', {class: 'btn push', href: '/papers?paper=working'}, '生成工作底稿') : null);
    }
    function redraw() {
      for (const [box, drawing] of S.drawn) box.replaceChildren(drawing(Math.max(240, Math.floor(box.clientWidth))));
    }
    let width = innerWidth;
    addEventListener('resize', () => { if (page.root.isConnected && innerWidth !== width) { width = innerWidth; redraw(); } });

    Object.assign(page.keys, {KeyR: () => load(S.about && S.about.inspection), KeyD: () => mj.toggleTheme(), 'Shift+Slash': page.showKeys});
    await load('');
  };

  mj.loaded.add('overview');
})(window.mingjian ||= {loaded: new Set()});
