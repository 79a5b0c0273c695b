//! Every action of `tag`: tags, which classify resources of every product.
//! One line each, in byte order of the names because the lookup searches by halves.
//!
//! It must never hold which page needs an action; that stands in [`page`](crate::catalog::page).

use super::{ANY, RESOURCE};

actions! { "tag";
    AddProject: Write, ANY, "Create a project", "新建项目";
    AddResourceTag: Tagging, RESOURCE, "Add a tag to one resource", "为单个资源绑定标签";
    AttachResourcesTag: Tagging, ANY, "Add a tag to several resources of one type", "为同类型的多个资源绑定标签";
    CreateTag: Tagging, ANY, "Create a tag", "新建标签";
    CreateTags: Tagging, ANY, "Create several tags", "批量新建标签";
    DeleteResourceTag: Tagging, RESOURCE, "Remove a tag from one resource", "移除单个资源的标签";
    DeleteTag: Tagging, ANY, "Delete a tag that is not in use", "删除未被使用的标签";
    DeleteTags: Tagging, ANY, "Delete several tags", "批量删除标签";
    DescribeProjects: List, ANY, "List projects", "查询项目列表";
    DescribeResourceTags: List, ANY, "List the tags of resources", "查询资源的标签";
    DescribeResourceTagsByResourceIds: List, ANY, "List the tags of resources by resource ID", "按资源 ID 查询标签";
    DescribeResourceTagsByResourceIdsSeq: List, ANY, "List the tags of resources by resource ID, with sequential paging", "按资源 ID 查询标签，按序翻页";
    DescribeResourceTagsByTagKeys: List, ANY, "Read the tag values of resources by tag key", "按标签键查询资源的标签值";
    DescribeResourcesByTags: List, ANY, "Find resources that have all the given tags", "查询同时带有全部指定标签的资源";
    DescribeResourcesByTagsUnion: List, ANY, "Find resources that have any of the given tags", "查询带有任一指定标签的资源";
    DescribeTagKeys: List, ANY, "List tag keys", "查询标签键列表";
    DescribeTagValues: List, ANY, "List the values of tag keys", "查询标签值列表";
    DescribeTagValuesSeq: List, ANY, "List the values of tag keys, with sequential paging", "查询标签值列表，按序翻页";
    DescribeTags: List, ANY, "List tags", "查询标签列表";
    DescribeTagsSeq: List, ANY, "List tags, with sequential paging", "查询标签列表，按序翻页";
    DetachResourcesTag: Tagging, ANY, "Remove a tag from several resources", "移除多个资源的标签";
    GetResources: List, ANY, "List resources with their tags, paged by token", "查询资源及其标签，按令牌翻页";
    GetTagKeys: List, ANY, "List tag keys, paged by token", "查询标签键列表，按令牌翻页";
    GetTagValues: List, ANY, "List tag values, paged by token", "查询标签值列表，按令牌翻页";
    GetTags: List, ANY, "List tags, paged by token", "查询标签列表，按令牌翻页";
    ModifyResourceTags: Tagging, RESOURCE, "Replace and remove the tags of one resource", "替换和移除单个资源的标签";
    ModifyResourcesTagValue: Tagging, ANY, "Change the value of a tag on several resources", "批量修改多个资源的标签值";
    TagResources: Tagging, ANY, "Create tags and add them to resources of several services", "为多个产品的资源新建并绑定标签";
    UnTagResources: Tagging, ANY, "Remove tag keys from resources of several services", "移除多个产品资源的标签键";
    UpdateProject: Write, ANY, "Edit or disable a project", "修改或禁用项目";
    UpdateResourceTagValue: Tagging, RESOURCE, "Change the value of a tag on one resource", "修改单个资源的标签值";
}
