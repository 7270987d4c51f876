"""What is in the database after each messy ledger: the facts read off its cells by eye, in the words of `facts`."""

EXPECTED: dict[str, dict[str, list[str]]] = {
    "T1-in_groups": {
        "agreements": [
            "测试光学项目 formal 2026-03-19 day False 15000 exact 10000 exact",
            "测试光电项目 formal 2026-03-05 day False 30000 about 20000 exact",
            "测试冷链项目 tenancy 2026-04-30 month False 8000 exact 0 exact",
        ],
        "projects": [
            "测试光学项目 tenancy.registered 测试光电有限公司 测试招商中心 — —",
            "测试光电项目 land.started 测试光电有限公司 测试招商中心 50 —",
            "测试冷链项目 any.signed 测试冷链物流有限公司 测试发展局 — —",
        ],
        "starts": ["测试光电项目 2026-05-31 month", "测试冷链项目 2026-09-30 quarter"],
        "kept": ["测试冷链项目 amount_outside=0万元,remark=园区配套"],
        "members": [
            "测试光学项目 leader 测试领导甲 — —",
            "测试光学项目 liaison — — 联系人00017",
            "测试光学项目 liaison — — 联系人00018",
            "测试光电项目 leader 测试领导乙 — —",
            "测试光电项目 leader 测试领导甲 — —",
            "测试光电项目 liaison — — 联系人00017",
            "测试光电项目 liaison — — 联系人00018",
            "测试冷链项目 liaison — — 联系人00019",
        ],
        "contacts": ["联系人00017 13800000017 —", "联系人00018 — 0391-3500018", "联系人00019 — —"],
        "reports": ["测试光学项目 装修进场 — —", "测试光电项目 主体施工 — —", "测试冷链项目 洽谈|选址 — —"],
    },
    "T1-flat_in_gb18030": {
        "agreements": [
            "测试仓储项目 intent 2026-10-31 month True — exact — exact",
            "测试药业项目 formal 2026-03-19 day False 12000 exact 3000 at_least",
            "测试装备项目 framework 2026-03-31 month False 15000 exact 8000 exact",
        ],
        "projects": [
            "测试仓储项目 any.signed 测试仓储有限公司 测试发展局 — —",
            "测试药业项目 any.signed 测试药业（集团）有限公司 测试招商中心 — 测试路3号",
            "测试装备项目 any.signed 测试装备有限公司 测试招商中心 — 测试路2号",
        ],
        "members": [
            "测试药业项目 chief_service — 测试员乙 —",
            "测试药业项目 chief_service — 测试员甲 —",
            "测试装备项目 chief_service — 测试员乙 —",
        ],
        "companies": ["测试药业焦作有限公司 91410800000000018M"],
        "reports": ["测试药业项目 — — 11月底前开工", "测试装备项目 — 用地　未落实 —"],
    },
    "T2-by_district": {
        "projects": [
            "测试储能项目 any.negotiating 测试储能有限公司 测试一组 测试员甲 — 120.5 planned_fixed=约6亿元",
            "测试机床项目 any.negotiating 测试机床（深圳）有限公司 测试一组 测试员甲 — — planned_fixed=8,000万元",
            "测试软件项目 any.negotiating — 测试二组 测试员甲 — — planned_fixed=2,000万元",
        ],
        "contacts": ["联系人00021 13800000021 0391-3500021", "联系人00022 13800000022 —", "联系人00023 13800000023 —"],
        "progress": ["测试储能项目 已考察两次", "测试机床项目 约定12月上旬再谈"],
    },
    "T2-in_utf_16": {
        "projects": [
            "测试包装项目 any.negotiating 测试包装有限公司 测试招商中心 测试员甲 — — planned_fixed=0万元",
            "测试芯片项目 any.negotiating 测试芯片有限公司 测试招商中心 测试员甲 测试员乙 100.05 judgement=可行,planned_fixed=1.2亿元",
        ],
        "sources": ["测试包装项目 测试商会 — 2026-11-03 —", "测试芯片项目 测试商会 引荐人甲 2026-09-01 2026-12-20"],
        "contacts": ["联系人00024 13800000024 —", "联系人00025 — 400-800-0025"],
    },
    "T3a-in_groups": {
        "events": [
            "测试座谈会 meeting 2026-11-03 day True — — — — — 测试招商中心",
            "测试深圳推介会 promotion 2026-10-20 day False 2026-10-22 3 120000 10 11800000 测试招商中心",
            "测试赴广州拜访 trip 2026-10-20 day False — 1 — — 20000 测试招商中心",
        ],
        "people": [
            "测试座谈会 investor 2客商",
            "测试座谈会 investor 企业家代表",
            "测试座谈会 staff 测试员甲",
            "测试深圳推介会 investor 50客商",
            "测试深圳推介会 investor 测试商会",
            "测试深圳推介会 investor 联系人00031",
            "测试深圳推介会 lead 测试领导甲",
            "测试深圳推介会 staff 测试员乙",
            "测试深圳推介会 staff 测试员甲",
            "测试赴广州拜访 investor 测试装备有限公司",
            "测试赴广州拜访 lead 测试领导乙",
            "测试赴广州拜访 lead 测试领导甲",
        ],
        "steps": ["回访测试光电 测试员甲 cancelled", "寄送材料 测试员乙 cancelled"],
    },
    "T3a-by_quarter": {
        "events": [
            "测试企业见面会 meeting 2026-11-18 day False — 0 — — — 测试招商中心",
            "测试展会 exhibition 2026-09-30 quarter False — 2 3500 — — 测试招商中心",
            "测试考察接待 reception 2026-11-19 day False 2026-11-20 — — — — 测试招商中心",
        ],
        "people": [
            "测试企业见面会 host 测试高新区管委会",
            "测试企业见面会 investor 1拜访企业",
            "测试展会 co_organiser 测试协办中心",
            "测试展会 host 测试协会",
            "测试展会 host 测试商会",
            "测试展会 investor 3拜访企业",
            "测试展会 organiser 测试承办有限公司",
            "测试考察接待 investor 2拜访企业",
        ],
    },
    "T3b-merged": {
        "events": [
            "测试一组赴深圳招商 trip 2026-10-12 day False 2026-10-14 — — — — 测试一组",
            "测试二组赴广州招商 trip 2026-10-31 day False 2026-11-01 — — — — 测试二组",
        ],
        "people": [
            "测试一组赴深圳招商 investor 联系人00041",
            "测试一组赴深圳招商 investor 联系人00042",
            "测试一组赴深圳招商 investor 联系人00043",
            "测试一组赴深圳招商 staff 测试员甲",
            "测试一组赴深圳招商 staff 测试领导甲",
            "测试二组赴广州招商 staff 测试员丙",
            "测试二组赴广州招商 staff 测试员乙",
        ],
    },
    "T3b-in_gb18030": {
        "events": [
            "测试二组赴郑州招商 trip 2026-11-09 day False — — — — — 测试二组",
            "测试赴上海招商 trip 2026-11-05 day False 2026-11-07 — — — — 测试一组",
        ],
        "people": [
            "测试二组赴郑州招商 investor 测试包装有限公司",
            "测试二组赴郑州招商 staff 测试员乙",
            "测试赴上海招商 investor 联系人00044",
            "测试赴上海招商 staff 测试员甲",
            "测试赴上海招商 staff 测试领导甲",
        ],
    },
    "T3c-in_groups": {
        "trips": [
            "测试一组10日外出 测试一组 2026-11-10 2026-11-10",
            "测试一组3日外出 测试一组 2026-11-03 2026-11-05",
            "测试二组12日外出 测试二组 2026-11-12 2026-11-12",
        ],
    },
    "T3c-under_groups": {
        "trips": [
            "测试一组10日外出 测试一组 2026-11-10 2026-11-10",
            "测试一组3日外出 测试一组 2026-11-03 2026-11-05",
            "测试二组12日外出 测试二组 2026-11-12 2026-11-12",
        ],
    },
    "T3d-merged": {
        "visits": [
            "2026-11-17 day True 介绍园区政策|意向项目：年产测试屏1000万片",
            "2026-11-17 day True 座谈",
            "2026-11-20 day False 初次|接触",
        ],
        "companies": [
            "2026-11-17 测试光电有限公司 广东深圳",
            "2026-11-17 测试包装有限公司 —",
            "2026-11-17 测试装备有限公司 广东广州",
            "2026-11-20 测试芯片有限公司 —",
        ],
        "present": [
            "2026-11-17 测试员甲",
            "2026-11-17 测试员甲",
            "2026-11-17 测试领导甲",
            "2026-11-17 联系人00051 董事长",
            "2026-11-17 联系人00052",
            "2026-11-20 测试员乙",
            "2026-11-20 联系人00053",
        ],
        "steps": ["下月再访 open", "寄送方案 open", "邀请来访 open"],
    },
    "T3d-in_utf_16": {
        "visits": ["2026-11-10 day False “测试”项目选址", "2026-11-12 day False 续谈；价格分歧"],
        "companies": ["2026-11-10 测试储能有限公司 —", "2026-11-12 测试机床（深圳）有限公司 —"],
        "present": ["2026-11-10 测试员乙", "2026-11-10 联系人00054 副总经理", "2026-11-12 测试员丙", "2026-11-12 测试员乙"],
        "steps": ["提供地块清单 open"],
    },
    "T4-two_lines": {
        "milestones": [
            "测试光电项目 A03 2026-03-05 — unknown to_confirm",
            "测试光电项目 A05 2026-04-30 2026-04-20 day to_confirm",
            "测试光电项目 A08 2026-06-30 — day to_confirm",
            "测试光电项目 A14 2026-12-31 — day to_confirm",
            "测试光电项目 A15 2026-12-31 — day planned",
            "测试光电项目 A18 2027-09-30 — day to_confirm",
            "测试装备项目 A03 2026-05-31 2026-05-31 month to_confirm",
            "测试装备项目 A05 2026-11-30 — day to_confirm",
            "测试装备项目 A15 2027-03-31 — day to_confirm",
        ],
        "leaders": ["测试光电项目 测试领导乙", "测试光电项目 测试领导甲"],
        "progress": ["测试光电项目 2026-11-20 基础施工 用电　未接入 —"],
    },
    "T4-plan_and_actual": {
        "milestones": [
            "测试光电项目 A15 2026-12-31 — day planned",
            "测试药业项目 A03 2026-03-19 2026-03-20 day to_confirm",
            "测试药业项目 A10 2026-08-31 — day to_confirm",
            "测试药业项目 A15 2026-12-31 — day to_confirm",
            "测试药业项目 A17 2027-06-30 — day to_confirm",
            "测试药业项目 A19 2027-12-31 — day to_confirm",
            "测试装备项目 A03 2026-05-20 — unknown to_confirm",
        ],
        "leaders": ["测试药业项目 测试领导丙"],
        "progress": ["测试药业项目 2026-11-20 环评公示 — 供热管网|接入"],
    },
    "T5-under_groups": {
        "projects": [
            "测试光电项目 land.started new 测试招商中心 2025-09-30 quarter 2027-12-31 service_unit=测试服务所",
            "测试装备项目 any.lead reconstruction 测试招商中心 2026-03-19 day 2026-12-31 —",
        ],
        "agreements": ["测试光电项目 formal 20000 exact", "测试装备项目 unknown 25000 about"],
        "plans": ["测试光电项目 2026 8000", "测试装备项目 2026 4000"],
        "months": [
            "测试光电项目 2025-12-01 100 2000 verified",
            "测试光电项目 2026-11-01 500 8000 submitted",
            "测试装备项目 2026-11-01 0 3000 submitted",
        ],
        "progress": ["测试光电项目 2026-11-30 主体封顶在即 —", "测试装备项目 2026-11-30 设备|调试 资金缺口"],
    },
    "T5-in_gb18030": {
        "projects": [
            "测试仓储项目 any.lead new 测试发展局 2026-09-30 month — —",
            "测试光电项目 land.signed expansion 测试招商中心 — day — —",
        ],
        "agreements": ["测试仓储项目 unknown 100000 at_least", "测试光电项目 formal 20000 exact"],
        "plans": ["测试光电项目 2026 8000"],
        "months": [
            "测试仓储项目 2026-10-01 — 3000 submitted",
            "测试光电项目 2025-12-01 100 2000 verified",
            "测试光电项目 2026-10-01 500 7500 submitted",
        ],
        "progress": ["测试光电项目 2026-10-31 土方完成 —"],
    },
    "T6-three_head_rows": {
        "projects": [
            "测试光电项目 any.signed 2603-410800-04-01-000017 测试光电有限公司 C39 测试路1号 2026-05-31 month amount_other_city=5,000万元,amount_ours=5,000万元,amount_outside=2亿元",
            "测试装备项目 any.signed — 测试装备集团有限公司 C35 — 2026-09-30 quarter amount_ours=0万元,amount_outside=1.5亿元",
        ],
        "agreements": ["测试光电项目 2026-03-05 day 30000 exact", "测试装备项目 2026-03-19 day 15000 exact"],
        "companies": ["测试光学合作有限公司 广东深圳 —", "测试光电有限公司 — —", "测试装备集团有限公司 广东广州 央企"],
        "partners": ["测试光电项目 测试光学合作有限公司"],
        "listed": ["上市公司"],
    },
    "T6-flat_in_utf_16": {
        "projects": [
            "测试芯片项目 any.signed — 测试芯片有限公司 — — — day amount_ours=0万元",
            "测试药业项目 any.signed — 测试药业有限公司 C27 测试路3号 — day amount_outside=1.2亿元",
        ],
        "agreements": ["测试芯片项目 2026-02-28 month 80000 over", "测试药业项目 2026-01-06 day 12000.5 exact"],
        "companies": ["测试芯片有限公司 上海 —", "测试药业有限公司 江苏南京 —"],
    },
}
