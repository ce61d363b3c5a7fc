CREATE TABLE `attachments` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`token` varchar(40) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`repository_id` bigint NOT NULL,
	`uploader_id` bigint,
	`issue_id` bigint,
	`entry_id` bigint,
	`name` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`media_type` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`size_bytes` bigint NOT NULL,
	`storage_key` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`width` bigint,
	`height` bigint,
	`created_at` bigint NOT NULL,
	CONSTRAINT `attachments_id` PRIMARY KEY(`id`),
	CONSTRAINT `attachments_token` UNIQUE(`token`)
);
--> statement-breakpoint
CREATE TABLE `issue_assignees` (
	`issue_id` bigint NOT NULL,
	`user_id` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `issue_assignees_issue_id_user_id_pk` PRIMARY KEY(`issue_id`,`user_id`)
);
--> statement-breakpoint
CREATE TABLE `issue_changes` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`issue_id` bigint NOT NULL,
	`at` bigint NOT NULL,
	CONSTRAINT `issue_changes_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `issue_counters` (
	`repository_id` bigint NOT NULL,
	`last_number` bigint NOT NULL,
	`open_issues` bigint NOT NULL,
	`closed_issues` bigint NOT NULL,
	`open_pulls` bigint NOT NULL,
	`closed_pulls` bigint NOT NULL,
	CONSTRAINT `issue_counters_repository_id` PRIMARY KEY(`repository_id`)
);
--> statement-breakpoint
CREATE TABLE `issue_dependencies` (
	`blocked_id` bigint NOT NULL,
	`blocker_id` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `issue_dependencies_blocked_id_blocker_id_pk` PRIMARY KEY(`blocked_id`,`blocker_id`)
);
--> statement-breakpoint
CREATE TABLE `issue_edits` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`issue_id` bigint NOT NULL,
	`entry_id` bigint,
	`editor_id` bigint NOT NULL,
	`previous_body` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `issue_edits_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `issue_entries` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`issue_id` bigint NOT NULL,
	`kind` varchar(32) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`actor_id` bigint,
	`data` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`body` longtext character set utf8mb4 collate utf8mb4_bin,
	`body_version` bigint NOT NULL DEFAULT 0,
	`body_rendered` longtext character set utf8mb4 collate utf8mb4_bin,
	`body_edited_at` bigint,
	`hidden_reason` varchar(16) character set utf8mb4 collate utf8mb4_bin,
	`hidden_by_id` bigint,
	`source_issue_id` bigint,
	`source_repository_id` bigint,
	`once_key` varchar(120) character set utf8mb4 collate utf8mb4_bin,
	`created_at` bigint NOT NULL,
	CONSTRAINT `issue_entries_id` PRIMARY KEY(`id`),
	CONSTRAINT `issue_entries_once` UNIQUE(`once_key`)
);
--> statement-breakpoint
CREATE TABLE `issue_labels` (
	`issue_id` bigint NOT NULL,
	`label_id` bigint NOT NULL,
	CONSTRAINT `issue_labels_issue_id_label_id_pk` PRIMARY KEY(`issue_id`,`label_id`)
);
--> statement-breakpoint
CREATE TABLE `issue_people` (
	`user_id` bigint NOT NULL,
	`role` varchar(12) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`issue_id` bigint NOT NULL,
	CONSTRAINT `issue_people_user_id_role_issue_id_pk` PRIMARY KEY(`user_id`,`role`,`issue_id`)
);
--> statement-breakpoint
CREATE TABLE `issue_redirects` (
	`repository_id` bigint NOT NULL,
	`number` bigint NOT NULL,
	`issue_id` bigint NOT NULL,
	CONSTRAINT `issue_redirects_repository_id_number_pk` PRIMARY KEY(`repository_id`,`number`)
);
--> statement-breakpoint
CREATE TABLE `issue_subscriptions` (
	`issue_id` bigint NOT NULL,
	`user_id` bigint NOT NULL,
	`state` varchar(12) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`reason` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `issue_subscriptions_issue_id_user_id_pk` PRIMARY KEY(`issue_id`,`user_id`)
);
--> statement-breakpoint
CREATE TABLE `issues` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`repository_id` bigint NOT NULL,
	`number` bigint NOT NULL,
	`is_pull` boolean NOT NULL,
	`author_id` bigint NOT NULL,
	`title` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`body` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`body_version` bigint NOT NULL DEFAULT 0,
	`body_rendered` longtext character set utf8mb4 collate utf8mb4_bin,
	`body_edited_at` bigint,
	`state` varchar(8) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`close_reason` varchar(16) character set utf8mb4 collate utf8mb4_bin,
	`duplicate_of_id` bigint,
	`closed_at` bigint,
	`closed_by_id` bigint,
	`locked_at` bigint,
	`lock_reason` varchar(16) character set utf8mb4 collate utf8mb4_bin,
	`pinned_at` bigint,
	`milestone_id` bigint,
	`due_on` varchar(10) character set utf8mb4 collate utf8mb4_bin,
	`parent_id` bigint,
	`parent_place` bigint NOT NULL DEFAULT 0,
	`comment_count` bigint NOT NULL DEFAULT 0,
	`reaction_count` bigint NOT NULL DEFAULT 0,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `issues_id` PRIMARY KEY(`id`),
	CONSTRAINT `issues_number` UNIQUE(`repository_id`,`number`)
);
--> statement-breakpoint
CREATE TABLE `labels` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`repository_id` bigint,
	`organization_id` bigint,
	`name` varchar(50) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`name_key` varchar(50) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`description` varchar(200) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`color` varchar(6) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`is_exclusive` boolean NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `labels_id` PRIMARY KEY(`id`),
	CONSTRAINT `labels_repository` UNIQUE(`repository_id`,`name_key`),
	CONSTRAINT `labels_organization` UNIQUE(`organization_id`,`name_key`)
);
--> statement-breakpoint
CREATE TABLE `milestones` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`repository_id` bigint NOT NULL,
	`title` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`title_key` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`description` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`due_on` varchar(10) character set utf8mb4 collate utf8mb4_bin,
	`closed_at` bigint,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	CONSTRAINT `milestones_id` PRIMARY KEY(`id`),
	CONSTRAINT `milestones_title` UNIQUE(`repository_id`,`title_key`)
);
--> statement-breakpoint
CREATE TABLE `reactions` (
	`issue_id` bigint NOT NULL,
	`entry_id` bigint NOT NULL,
	`user_id` bigint NOT NULL,
	`content` varchar(12) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `reactions_issue_id_entry_id_user_id_content_pk` PRIMARY KEY(`issue_id`,`entry_id`,`user_id`,`content`)
);
--> statement-breakpoint
CREATE TABLE `saved_replies` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`user_id` bigint NOT NULL,
	`title` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`body` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `saved_replies_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `saved_views` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`user_id` bigint NOT NULL,
	`repository_id` bigint,
	`name` varchar(100) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`query` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `saved_views_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `notification_mails` (
	`event_id` bigint NOT NULL,
	`user_id` bigint NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `notification_mails_event_id_user_id_pk` PRIMARY KEY(`event_id`,`user_id`)
);
--> statement-breakpoint
CREATE TABLE `notification_settings` (
	`user_id` bigint NOT NULL,
	`mail_participating` boolean NOT NULL,
	`mail_watching` boolean NOT NULL,
	`own_activity` boolean NOT NULL,
	`auto_watch` boolean NOT NULL,
	CONSTRAINT `notification_settings_user_id` PRIMARY KEY(`user_id`)
);
--> statement-breakpoint
CREATE TABLE `notifications` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`user_id` bigint NOT NULL,
	`repository_id` bigint NOT NULL,
	`subject` varchar(12) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`subject_id` bigint NOT NULL,
	`reason` varchar(20) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`state` varchar(8) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`is_saved` boolean NOT NULL,
	`last_event_id` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	`read_at` bigint,
	CONSTRAINT `notifications_id` PRIMARY KEY(`id`),
	CONSTRAINT `notifications_thread` UNIQUE(`user_id`,`subject`,`subject_id`)
);
--> statement-breakpoint
CREATE TABLE `repository_watches` (
	`user_id` bigint NOT NULL,
	`repository_id` bigint NOT NULL,
	`level` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`kinds` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `repository_watches_repository_id_user_id_pk` PRIMARY KEY(`repository_id`,`user_id`)
);
--> statement-breakpoint
ALTER TABLE `attachments` ADD CONSTRAINT `attachments_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `attachments` ADD CONSTRAINT `attachments_uploader_id_users_id_fk` FOREIGN KEY (`uploader_id`) REFERENCES `users`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_assignees` ADD CONSTRAINT `issue_assignees_issue_id_issues_id_fk` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_assignees` ADD CONSTRAINT `issue_assignees_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_counters` ADD CONSTRAINT `issue_counters_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_dependencies` ADD CONSTRAINT `issue_dependencies_blocked_id_issues_id_fk` FOREIGN KEY (`blocked_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_dependencies` ADD CONSTRAINT `issue_dependencies_blocker_id_issues_id_fk` FOREIGN KEY (`blocker_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_edits` ADD CONSTRAINT `issue_edits_issue_id_issues_id_fk` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_edits` ADD CONSTRAINT `issue_edits_entry_id_issue_entries_id_fk` FOREIGN KEY (`entry_id`) REFERENCES `issue_entries`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_edits` ADD CONSTRAINT `issue_edits_editor_id_users_id_fk` FOREIGN KEY (`editor_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_entries` ADD CONSTRAINT `issue_entries_issue_id_issues_id_fk` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_entries` ADD CONSTRAINT `issue_entries_actor_id_users_id_fk` FOREIGN KEY (`actor_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_entries` ADD CONSTRAINT `issue_entries_hidden_by_id_users_id_fk` FOREIGN KEY (`hidden_by_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_entries` ADD CONSTRAINT `issue_entries_source_issue_id_issues_id_fk` FOREIGN KEY (`source_issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_entries` ADD CONSTRAINT `issue_entries_source_repository_id_repositories_id_fk` FOREIGN KEY (`source_repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_labels` ADD CONSTRAINT `issue_labels_issue_id_issues_id_fk` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_labels` ADD CONSTRAINT `issue_labels_label_id_labels_id_fk` FOREIGN KEY (`label_id`) REFERENCES `labels`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_people` ADD CONSTRAINT `issue_people_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_people` ADD CONSTRAINT `issue_people_issue_id_issues_id_fk` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_redirects` ADD CONSTRAINT `issue_redirects_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_redirects` ADD CONSTRAINT `issue_redirects_issue_id_issues_id_fk` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_subscriptions` ADD CONSTRAINT `issue_subscriptions_issue_id_issues_id_fk` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issue_subscriptions` ADD CONSTRAINT `issue_subscriptions_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issues` ADD CONSTRAINT `issues_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issues` ADD CONSTRAINT `issues_author_id_users_id_fk` FOREIGN KEY (`author_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issues` ADD CONSTRAINT `issues_duplicate_of_id_issues_id_fk` FOREIGN KEY (`duplicate_of_id`) REFERENCES `issues`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issues` ADD CONSTRAINT `issues_closed_by_id_users_id_fk` FOREIGN KEY (`closed_by_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issues` ADD CONSTRAINT `issues_milestone_id_milestones_id_fk` FOREIGN KEY (`milestone_id`) REFERENCES `milestones`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `issues` ADD CONSTRAINT `issues_parent_id_issues_id_fk` FOREIGN KEY (`parent_id`) REFERENCES `issues`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `labels` ADD CONSTRAINT `labels_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `labels` ADD CONSTRAINT `labels_organization_id_users_id_fk` FOREIGN KEY (`organization_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `milestones` ADD CONSTRAINT `milestones_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `reactions` ADD CONSTRAINT `reactions_issue_id_issues_id_fk` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `reactions` ADD CONSTRAINT `reactions_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `saved_replies` ADD CONSTRAINT `saved_replies_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `saved_views` ADD CONSTRAINT `saved_views_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `saved_views` ADD CONSTRAINT `saved_views_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `notification_mails` ADD CONSTRAINT `notification_mails_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `notification_settings` ADD CONSTRAINT `notification_settings_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `notifications` ADD CONSTRAINT `notifications_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `notifications` ADD CONSTRAINT `notifications_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `repository_watches` ADD CONSTRAINT `repository_watches_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `repository_watches` ADD CONSTRAINT `repository_watches_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX `attachments_issue` ON `attachments` (`issue_id`,`entry_id`);
--> statement-breakpoint
CREATE INDEX `attachments_repository` ON `attachments` (`repository_id`);
--> statement-breakpoint
CREATE INDEX `attachments_uploader` ON `attachments` (`uploader_id`,`created_at`);
--> statement-breakpoint
CREATE INDEX `attachments_created` ON `attachments` (`created_at`);
--> statement-breakpoint
CREATE INDEX `issue_assignees_user` ON `issue_assignees` (`user_id`);
--> statement-breakpoint
CREATE INDEX `issue_changes_at` ON `issue_changes` (`at`);
--> statement-breakpoint
CREATE INDEX `issue_dependencies_blocker` ON `issue_dependencies` (`blocker_id`);
--> statement-breakpoint
CREATE INDEX `issue_edits_text` ON `issue_edits` (`issue_id`,`entry_id`,`id`);
--> statement-breakpoint
CREATE INDEX `issue_edits_entry` ON `issue_edits` (`entry_id`);
--> statement-breakpoint
CREATE INDEX `issue_entries_issue` ON `issue_entries` (`issue_id`,`id`);
--> statement-breakpoint
CREATE INDEX `issue_entries_source` ON `issue_entries` (`source_issue_id`);
--> statement-breakpoint
CREATE INDEX `issue_entries_source_repository` ON `issue_entries` (`source_repository_id`);
--> statement-breakpoint
CREATE INDEX `issue_labels_label` ON `issue_labels` (`label_id`);
--> statement-breakpoint
CREATE INDEX `issue_people_issue` ON `issue_people` (`issue_id`);
--> statement-breakpoint
CREATE INDEX `issue_redirects_issue` ON `issue_redirects` (`issue_id`);
--> statement-breakpoint
CREATE INDEX `issue_subscriptions_user` ON `issue_subscriptions` (`user_id`);
--> statement-breakpoint
CREATE INDEX `issues_updated` ON `issues` (`repository_id`,`updated_at`);
--> statement-breakpoint
CREATE INDEX `issues_author` ON `issues` (`author_id`,`id`);
--> statement-breakpoint
CREATE INDEX `issues_milestone` ON `issues` (`milestone_id`);
--> statement-breakpoint
CREATE INDEX `issues_parent` ON `issues` (`parent_id`);
--> statement-breakpoint
CREATE INDEX `issues_duplicate_of` ON `issues` (`duplicate_of_id`);
--> statement-breakpoint
CREATE INDEX `issues_pinned` ON `issues` (`repository_id`,`pinned_at`);
--> statement-breakpoint
CREATE INDEX `labels_name` ON `labels` (`name_key`);
--> statement-breakpoint
CREATE INDEX `milestones_name` ON `milestones` (`title_key`);
--> statement-breakpoint
CREATE INDEX `reactions_user` ON `reactions` (`user_id`);
--> statement-breakpoint
CREATE INDEX `saved_replies_user` ON `saved_replies` (`user_id`);
--> statement-breakpoint
CREATE INDEX `saved_views_user` ON `saved_views` (`user_id`,`repository_id`);
--> statement-breakpoint
CREATE INDEX `saved_views_repository` ON `saved_views` (`repository_id`);
--> statement-breakpoint
CREATE INDEX `notification_mails_user` ON `notification_mails` (`user_id`);
--> statement-breakpoint
CREATE INDEX `notification_mails_created` ON `notification_mails` (`created_at`);
--> statement-breakpoint
CREATE INDEX `notifications_inbox` ON `notifications` (`user_id`,`state`,`updated_at`,`id`);
--> statement-breakpoint
CREATE INDEX `notifications_saved` ON `notifications` (`user_id`,`is_saved`,`updated_at`,`id`);
--> statement-breakpoint
CREATE INDEX `notifications_repository` ON `notifications` (`repository_id`,`user_id`);
--> statement-breakpoint
CREATE INDEX `notifications_subject` ON `notifications` (`subject`,`subject_id`);
--> statement-breakpoint
CREATE INDEX `repository_watches_user` ON `repository_watches` (`user_id`,`created_at`);
--> statement-breakpoint
CREATE TABLE `issue_search` (`id` bigint NOT NULL PRIMARY KEY, `issue_id` bigint NOT NULL, `title` text character set utf8mb4 NOT NULL, `body` longtext character set utf8mb4 NOT NULL, `scope` text character set utf8mb4 NOT NULL, FULLTEXT KEY `issue_search_text` (`title`, `body`, `scope`), KEY `issue_search_issue` (`issue_id`), CONSTRAINT `issue_search_issue_id` FOREIGN KEY (`issue_id`) REFERENCES `issues`(`id`) ON DELETE cascade);
