CREATE TABLE `check_runs` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`repository_id` bigint NOT NULL,
	`commit_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`name` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`status` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`conclusion` varchar(20) character set utf8mb4 collate utf8mb4_bin,
	`title` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`summary` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`text` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`details_url` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`external_id` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`annotations` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`creator_id` bigint,
	`started_at` bigint,
	`completed_at` bigint,
	`created_at` bigint NOT NULL,
	CONSTRAINT `check_runs_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `merge_settings` (
	`repository_id` bigint NOT NULL,
	`styles` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`default_style` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`messages` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`deletes_branch` boolean NOT NULL,
	`allows_auto_merge` boolean NOT NULL,
	`suggests_update` boolean NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `merge_settings_repository_id` PRIMARY KEY(`repository_id`)
);
--> statement-breakpoint
CREATE TABLE `pull_closings` (
	`pull_id` bigint NOT NULL,
	`issue_id` bigint NOT NULL,
	CONSTRAINT `pull_closings_pull_id_issue_id_pk` PRIMARY KEY(`pull_id`,`issue_id`)
);
--> statement-breakpoint
CREATE TABLE `pull_comments` (
	`entry_id` bigint NOT NULL,
	`issue_id` bigint NOT NULL,
	`thread_id` bigint NOT NULL,
	`review_id` bigint NOT NULL,
	CONSTRAINT `pull_comments_entry_id` PRIMARY KEY(`entry_id`)
);
--> statement-breakpoint
CREATE TABLE `pull_reviews` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`issue_id` bigint NOT NULL,
	`reviewer_id` bigint NOT NULL,
	`state` varchar(20) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`state_before` varchar(20) character set utf8mb4 collate utf8mb4_bin,
	`commit_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`revision` bigint NOT NULL,
	`entry_id` bigint NOT NULL,
	`is_stale` boolean NOT NULL,
	`submitted_at` bigint NOT NULL,
	`dismissed_at` bigint,
	`dismissed_by_id` bigint,
	CONSTRAINT `pull_reviews_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `pull_revisions` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`issue_id` bigint NOT NULL,
	`revision` bigint NOT NULL,
	`head_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`merge_base_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`is_forced` boolean NOT NULL,
	`pusher_id` bigint,
	`created_at` bigint NOT NULL,
	CONSTRAINT `pull_revisions_id` PRIMARY KEY(`id`),
	CONSTRAINT `pull_revisions_place` UNIQUE(`issue_id`,`revision`)
);
--> statement-breakpoint
CREATE TABLE `pull_threads` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`issue_id` bigint NOT NULL,
	`path` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`subject` varchar(8) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`start_side` varchar(8) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`start_line` bigint NOT NULL,
	`side` varchar(8) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`line` bigint NOT NULL,
	`original_base_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`original_head_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`original_revision` bigint NOT NULL,
	`hunk` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`current_revision` bigint NOT NULL,
	`current_path` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`current_start_line` bigint,
	`current_line` bigint,
	`is_outdated` boolean NOT NULL,
	`resolved_at` bigint,
	`resolved_by_id` bigint,
	`created_at` bigint NOT NULL,
	CONSTRAINT `pull_threads_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `pulls` (
	`issue_id` bigint NOT NULL,
	`repository_id` bigint NOT NULL,
	`number` bigint NOT NULL,
	`base_branch` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`base_pull_id` bigint,
	`head_repository_id` bigint,
	`head_branch` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`head_label` varchar(500) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`topic` varchar(255) character set utf8mb4 collate utf8mb4_bin,
	`head_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`base_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`merge_base_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin,
	`is_draft` boolean NOT NULL,
	`allows_edits` boolean NOT NULL,
	`commit_count` bigint NOT NULL,
	`changed_files` bigint NOT NULL,
	`additions` bigint NOT NULL,
	`deletions` bigint NOT NULL,
	`mergeability` varchar(12) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`checked_head_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin,
	`checked_base_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin,
	`test_merge_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin,
	`conflicts` longtext character set utf8mb4 collate utf8mb4_bin,
	`auto_merge` longtext character set utf8mb4 collate utf8mb4_bin,
	`merging` longtext character set utf8mb4 collate utf8mb4_bin,
	`merged_at` bigint,
	`merged_by_id` bigint,
	`merged_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin,
	`merge_style` varchar(16) character set utf8mb4 collate utf8mb4_bin,
	`revision` bigint NOT NULL,
	`decision` varchar(20) character set utf8mb4 collate utf8mb4_bin NOT NULL DEFAULT 'none',
	CONSTRAINT `pulls_issue_id` PRIMARY KEY(`issue_id`),
	CONSTRAINT `pulls_number` UNIQUE(`repository_id`,`number`)
);
--> statement-breakpoint
CREATE TABLE `queue_entries` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`repository_id` bigint NOT NULL,
	`branch` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`pull_id` bigint NOT NULL,
	`group_id` bigint,
	`group_place` bigint NOT NULL DEFAULT 0,
	`priority` bigint NOT NULL,
	`head_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`result_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin,
	`merge_order` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `queue_entries_id` PRIMARY KEY(`id`),
	CONSTRAINT `queue_entries_pull` UNIQUE(`pull_id`)
);
--> statement-breakpoint
CREATE TABLE `queue_groups` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`repository_id` bigint NOT NULL,
	`branch` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`place` bigint NOT NULL,
	`base_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`head_oid` varchar(64) character set utf8mb4 collate utf8mb4_bin,
	`state` varchar(12) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	`started_at` bigint,
	CONSTRAINT `queue_groups_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `review_drafts` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`issue_id` bigint NOT NULL,
	`user_id` bigint NOT NULL,
	`thread_id` bigint,
	`place` longtext character set utf8mb4 collate utf8mb4_bin,
	`body` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`version` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `review_drafts_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `review_requests` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`issue_id` bigint NOT NULL,
	`user_id` bigint,
	`team_id` bigint,
	`requested_by_id` bigint,
	`by_code_owners` boolean NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `review_requests_id` PRIMARY KEY(`id`),
	CONSTRAINT `review_requests_user` UNIQUE(`issue_id`,`user_id`),
	CONSTRAINT `review_requests_team` UNIQUE(`issue_id`,`team_id`)
);
--> statement-breakpoint
CREATE TABLE `rule_sets` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`repository_id` bigint NOT NULL,
	`name` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`target` varchar(8) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`is_active` boolean NOT NULL,
	`document` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `rule_sets_id` PRIMARY KEY(`id`),
	CONSTRAINT `rule_sets_name` UNIQUE(`repository_id`,`name`)
);
--> statement-breakpoint
ALTER TABLE `check_runs` ADD CONSTRAINT `check_runs_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `check_runs` ADD CONSTRAINT `check_runs_creator_id_users_id_fk` FOREIGN KEY (`creator_id`) REFERENCES `users`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `merge_settings` ADD CONSTRAINT `merge_settings_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pull_closings` ADD CONSTRAINT `pull_closings_pull_id_issues_id_fk` FOREIGN KEY (`pull_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pull_closings` ADD CONSTRAINT `pull_closings_issue_id_issues_id_fk` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pull_comments` ADD CONSTRAINT `pull_comments_entry_id_issue_entries_id_fk` FOREIGN KEY (`entry_id`) REFERENCES `issue_entries`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pull_comments` ADD CONSTRAINT `pull_comments_issue_id_issues_id_fk` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pull_comments` ADD CONSTRAINT `pull_comments_thread_id_pull_threads_id_fk` FOREIGN KEY (`thread_id`) REFERENCES `pull_threads`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pull_comments` ADD CONSTRAINT `pull_comments_review_id_pull_reviews_id_fk` FOREIGN KEY (`review_id`) REFERENCES `pull_reviews`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pull_reviews` ADD CONSTRAINT `pull_reviews_issue_id_issues_id_fk` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pull_reviews` ADD CONSTRAINT `pull_reviews_reviewer_id_users_id_fk` FOREIGN KEY (`reviewer_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pull_reviews` ADD CONSTRAINT `pull_reviews_entry_id_issue_entries_id_fk` FOREIGN KEY (`entry_id`) REFERENCES `issue_entries`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pull_reviews` ADD CONSTRAINT `pull_reviews_dismissed_by_id_users_id_fk` FOREIGN KEY (`dismissed_by_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pull_revisions` ADD CONSTRAINT `pull_revisions_issue_id_issues_id_fk` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pull_revisions` ADD CONSTRAINT `pull_revisions_pusher_id_users_id_fk` FOREIGN KEY (`pusher_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pull_threads` ADD CONSTRAINT `pull_threads_issue_id_issues_id_fk` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pull_threads` ADD CONSTRAINT `pull_threads_resolved_by_id_users_id_fk` FOREIGN KEY (`resolved_by_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pulls` ADD CONSTRAINT `pulls_issue_id_issues_id_fk` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pulls` ADD CONSTRAINT `pulls_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pulls` ADD CONSTRAINT `pulls_head_repository_id_repositories_id_fk` FOREIGN KEY (`head_repository_id`) REFERENCES `repositories`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `pulls` ADD CONSTRAINT `pulls_merged_by_id_users_id_fk` FOREIGN KEY (`merged_by_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `queue_entries` ADD CONSTRAINT `queue_entries_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `queue_entries` ADD CONSTRAINT `queue_entries_pull_id_issues_id_fk` FOREIGN KEY (`pull_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `queue_entries` ADD CONSTRAINT `queue_entries_group_id_queue_groups_id_fk` FOREIGN KEY (`group_id`) REFERENCES `queue_groups`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `queue_groups` ADD CONSTRAINT `queue_groups_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `review_drafts` ADD CONSTRAINT `review_drafts_issue_id_issues_id_fk` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `review_drafts` ADD CONSTRAINT `review_drafts_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `review_drafts` ADD CONSTRAINT `review_drafts_thread_id_pull_threads_id_fk` FOREIGN KEY (`thread_id`) REFERENCES `pull_threads`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `review_requests` ADD CONSTRAINT `review_requests_issue_id_issues_id_fk` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `review_requests` ADD CONSTRAINT `review_requests_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `review_requests` ADD CONSTRAINT `review_requests_team_id_teams_id_fk` FOREIGN KEY (`team_id`) REFERENCES `teams`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `review_requests` ADD CONSTRAINT `review_requests_requested_by_id_users_id_fk` FOREIGN KEY (`requested_by_id`) REFERENCES `users`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `rule_sets` ADD CONSTRAINT `rule_sets_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX `check_runs_commit` ON `check_runs` (`repository_id`,`commit_oid`,`id`);
--> statement-breakpoint
CREATE INDEX `check_runs_creator` ON `check_runs` (`creator_id`);
--> statement-breakpoint
CREATE INDEX `pull_closings_issue` ON `pull_closings` (`issue_id`);
--> statement-breakpoint
CREATE INDEX `pull_comments_issue` ON `pull_comments` (`issue_id`,`entry_id`);
--> statement-breakpoint
CREATE INDEX `pull_comments_thread` ON `pull_comments` (`thread_id`,`entry_id`);
--> statement-breakpoint
CREATE INDEX `pull_comments_review` ON `pull_comments` (`review_id`,`entry_id`);
--> statement-breakpoint
CREATE INDEX `pull_reviews_issue` ON `pull_reviews` (`issue_id`,`reviewer_id`,`id`);
--> statement-breakpoint
CREATE INDEX `pull_reviews_reviewer` ON `pull_reviews` (`reviewer_id`,`id`);
--> statement-breakpoint
CREATE INDEX `pull_reviews_entry` ON `pull_reviews` (`entry_id`);
--> statement-breakpoint
CREATE INDEX `pull_revisions_pusher` ON `pull_revisions` (`pusher_id`);
--> statement-breakpoint
CREATE INDEX `pull_threads_issue` ON `pull_threads` (`issue_id`,`id`);
--> statement-breakpoint
CREATE INDEX `pull_threads_resolver` ON `pull_threads` (`resolved_by_id`);
--> statement-breakpoint
CREATE INDEX `pulls_head` ON `pulls` (`head_repository_id`,`head_branch`);
--> statement-breakpoint
CREATE INDEX `pulls_base` ON `pulls` (`repository_id`,`base_branch`,`merged_at`);
--> statement-breakpoint
CREATE INDEX `pulls_base_pull` ON `pulls` (`base_pull_id`);
--> statement-breakpoint
CREATE INDEX `pulls_head_oid` ON `pulls` (`repository_id`,`head_oid`);
--> statement-breakpoint
CREATE INDEX `pulls_topic` ON `pulls` (`repository_id`,`topic`);
--> statement-breakpoint
CREATE INDEX `pulls_merged_by` ON `pulls` (`merged_by_id`);
--> statement-breakpoint
CREATE INDEX `queue_entries_branch` ON `queue_entries` (`repository_id`,`branch`,`priority`,`id`);
--> statement-breakpoint
CREATE INDEX `queue_entries_group` ON `queue_entries` (`group_id`);
--> statement-breakpoint
CREATE INDEX `queue_groups_branch` ON `queue_groups` (`repository_id`,`branch`,`place`);
--> statement-breakpoint
CREATE INDEX `queue_groups_head` ON `queue_groups` (`repository_id`,`head_oid`);
--> statement-breakpoint
CREATE INDEX `review_drafts_of` ON `review_drafts` (`issue_id`,`user_id`,`id`);
--> statement-breakpoint
CREATE INDEX `review_drafts_user` ON `review_drafts` (`user_id`);
--> statement-breakpoint
CREATE INDEX `review_drafts_thread` ON `review_drafts` (`thread_id`);
--> statement-breakpoint
CREATE INDEX `review_requests_of` ON `review_requests` (`user_id`);
--> statement-breakpoint
CREATE INDEX `review_requests_of_team` ON `review_requests` (`team_id`);
--> statement-breakpoint
CREATE INDEX `review_requests_by` ON `review_requests` (`requested_by_id`);
